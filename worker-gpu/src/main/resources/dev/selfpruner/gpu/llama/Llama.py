# The LLaMA decoder (Touvron et al., 2023), in TorchScript's serialised dialect: what a saved module
# contains, so operators are torch.<name> and dtypes are numbers (4 int64, 5 float16, 6 float32,
# 7 float64).
# Weights are arguments. A norm's weight is multiplied into the columns of the projections that read
# it, and the two elements of a head that rotary embedding turns together are neighbours. Query heads, key-value heads and neurons are laid out most important first,
# and o_proj and down_proj lie transposed, [input, output]: the units that a candidate keeps are the
# first rows of every matrix, and pruning is a slice that copies nothing.
class Llama(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  # tokens [windows, sequence], embedding [vocabulary, hidden] -> [windows, sequence, hidden]
  def embed(self: __torch__.Llama,
      tokens: Tensor,
      embedding: Tensor) -> Tensor:
    return torch.embedding(embedding, tokens)

  # The attention of one decoder layer on hidden [windows, sequence, hidden], added to it, with its
  # first heads alone. The result takes the input's place where `last` is 1.
  # weights: q [query heads * head, hidden], k and v [key-value heads * head, hidden], o [query heads
  # * head, hidden], gate, up and down [neurons, hidden], key-value head of each query head [query
  # heads].
  # rotary: as `rotate` takes it.
  def attention(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      rotary: List[Tensor],
      query_heads: int,
      head: int,
      key_value_heads: int,
      epsilon: float,
      last: int) -> Tensor:
    heads = self.attend(hidden, weights, rotary, query_heads, head, key_value_heads, epsilon)
    return self.project(hidden, heads, weights[3], last)

  # The MLP of one decoder layer on hidden [windows, sequence, hidden], added to it, with its first
  # neurons alone. The result takes the input's place where `last` is 1.
  def mlp(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      neurons: int,
      epsilon: float,
      last: int) -> Tensor:
    return self.project(hidden, self.activate(hidden, weights, neurons, epsilon), weights[6], last)

  # As attention, and the sums over all tokens of the squared inputs of o_proj
  # [query heads * head], in float64.
  def observed_attention(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      rotary: List[Tensor],
      query_heads: int,
      head: int,
      key_value_heads: int,
      epsilon: float,
      last: int) -> Tuple[Tensor, Tensor]:
    heads = self.attend(hidden, weights, rotary, query_heads, head, key_value_heads, epsilon)
    return (self.project(hidden, heads, weights[3], last), self.squares(heads))

  # As mlp, and the sums over all tokens of the squared inputs of down_proj [neurons], in float64.
  def observed_mlp(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      neurons: int,
      epsilon: float,
      last: int) -> Tuple[Tensor, Tensor]:
    activations = self.activate(hidden, weights, neurons, epsilon)
    return (self.project(hidden, activations, weights[6], last), self.squares(activations))

  # hidden + inputs [tokens, kept] through the first rows of weight [units, hidden].
  def project(self: __torch__.Llama,
      hidden: Tensor,
      inputs: Tensor,
      weight: Tensor,
      last: int) -> Tensor:
    residual = torch.view(hidden, [-1, torch.size(hidden, 2)])
    kept = torch.slice(weight, 0, 0, torch.size(inputs, 1))
    if last == 1:
      return torch.view_as(torch.addmm_(residual, inputs, kept), hidden)
    return torch.view_as(torch.addmm(residual, inputs, kept), hidden)

  # Sum of squares of each column of x [tokens, columns], in float64.
  def squares(self: __torch__.Llama,
      x: Tensor) -> Tensor:
    return torch.sum(torch.square(torch.to(x, 6)), [0], dtype=7)

  # Mean over output rows of each column's magnitude, in float64, for a projection that lies
  # transposed: [input, output] -> [input].
  def column_magnitudes(self: __torch__.Llama,
      weight: Tensor) -> Tensor:
    return torch.mean(torch.abs(torch.to(weight, 6)), [1], dtype=7)

  # Causal self-attention before o_proj: [windows * sequence, query heads * head].
  def attend(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      rotary: List[Tensor],
      query_heads: int,
      head: int,
      key_value_heads: int,
      epsilon: float) -> Tensor:
    windows = torch.size(hidden, 0)
    sequence = torch.size(hidden, 1)
    x = self.normalise(hidden, epsilon)
    query = torch.linear(x, torch.slice(weights[0], 0, 0, query_heads * head))
    key = torch.linear(x, torch.slice(weights[1], 0, 0, key_value_heads * head))
    value = torch.linear(x, torch.slice(weights[2], 0, 0, key_value_heads * head))
    query = self.rotate(torch.view(query, [windows, sequence, query_heads, head]), rotary)
    key = self.rotate(torch.view(key, [windows, sequence, key_value_heads, head]), rotary)
    value = torch.view(value, [windows, sequence, key_value_heads, head])
    # Heads are expanded by index: pruning leaves groups of any size.
    if key_value_heads != query_heads:
      group = torch.slice(weights[7], 0, 0, query_heads)
      key = torch.index_select(key, 2, group)
      value = torch.index_select(value, 2, group)
    heads = torch.scaled_dot_product_attention(
        torch.transpose(query, 1, 2), torch.transpose(key, 1, 2), torch.transpose(value, 1, 2),
        None, 0., True)
    return torch.reshape(torch.transpose(heads, 1, 2), [windows * sequence, query_heads * head])

  # The SwiGLU MLP before down_proj (Shazeer, 2020), [windows, sequence, hidden] -> [tokens, neurons],
  # with neurons of activation zero after them up to a multiple of 16, as long as there are any:
  # matrix products of odd widths are slower by more than these cost.
  def activate(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      neurons: int,
      epsilon: float) -> Tensor:
    padded = min((neurons + 15) // 16 * 16, torch.size(weights[4], 0))
    x = self.normalise(torch.view(hidden, [-1, torch.size(hidden, 2)]), epsilon)
    gate = torch.silu_(torch.linear(x, torch.slice(weights[4], 0, 0, padded)))
    product = torch.mul_(gate, torch.linear(x, torch.slice(weights[5], 0, 0, padded)))
    if padded != neurons:
      torch.zero_(torch.slice(product, 1, neurons, padded))
    return product

  # Root mean square normalisation over the last dimension of a contiguous x, without its weight,
  # computed in float32. Batch normalisation in inference mode, a token a channel of mean zero, is the
  # kernel that multiplies each row by a number of its own in one pass.
  def normalise(self: __torch__.Llama,
      x: Tensor,
      epsilon: float) -> Tensor:
    rows = torch.view(x, [1, -1, torch.size(x, -1)])
    length = torch.linalg_vector_norm(rows, 2, [-1], False, dtype=6)
    square = torch.view(torch.div(torch.square(length), torch.size(x, -1)), [-1])
    y, mean, scale = torch.native_batch_norm(rows, None, None, torch.zeros_like(square), square, False, 0., epsilon)
    return torch.view_as(y, x)

  # Rotary position embedding of x [windows, sequence, heads, head], in its place; elements 2i and
  # 2i + 1 turn together. rotary: the turns as complex numbers [sequence, 1, head / 2], or, where the
  # type has none, cosines and signed sines [sequence, 1, head].
  def rotate(self: __torch__.Llama,
      x: Tensor,
      rotary: List[Tensor]) -> Tensor:
    if len(rotary) == 1:
      pairs = torch.view(x, [torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), -1, 2])
      torch.mul_(torch.view_as_complex(pairs), rotary[0])
      return x
    end = torch.size(x, 3)
    y = torch.mul(x, rotary[0])
    sines = rotary[1]
    torch.addcmul_(torch.slice(y, 3, 0, end, 2), torch.slice(x, 3, 1, end, 2), torch.slice(sines, 2, 0, end, 2))
    torch.addcmul_(torch.slice(y, 3, 1, end, 2), torch.slice(x, 3, 0, end, 2), torch.slice(sines, 2, 1, end, 2))
    return y

  # Complex numbers of these parts, of a complex dtype (8 of float16, 9 of float32).
  def complex(self: __torch__.Llama,
      cosines: Tensor,
      sines: Tensor,
      type: int) -> Tensor:
    return torch.to(torch.complex(cosines, sines), type)

  # Logits of hidden [windows, sequence, hidden] with the output head [vocabulary, hidden].
  def logits(self: __torch__.Llama,
      hidden: Tensor,
      norm: Tensor,
      head: Tensor,
      epsilon: float) -> Tensor:
    return torch.linear(torch.mul_(self.normalise(hidden, epsilon), norm), head)

  # The positions that predict a token, normalised: [windows * (sequence - 1), hidden].
  def predictors(self: __torch__.Llama,
      hidden: Tensor,
      norm: Tensor,
      epsilon: float) -> Tensor:
    before = torch.slice(hidden, 1, 0, torch.size(hidden, 1) - 1)
    x = torch.mul_(self.normalise(torch.contiguous(before), epsilon), norm)
    return torch.view(x, [-1, torch.size(hidden, 2)])

  # Columns of the vocabulary whose logits for so many positions exist at a time: matrix products
  # are slower where rows aren't aligned.
  def piece(self: __torch__.Llama,
      positions: int,
      logits: int) -> int:
    return max(1, logits // positions // 256) * 256

  # Logarithm of the sum of exponentials of scores [positions, piece], in float32: [positions, 1].
  # The softmax of any column gives it, in one pass where the logits' own type allows.
  def mass(self: __torch__.Llama,
      scores: Tensor) -> Tensor:
    first = torch.to(torch.slice(scores, 1, 0, 1), 6)
    if ops.prim.is_cuda(scores) and ops.prim.dtype(scores) == 5:
      shares = torch._log_softmax(scores, 1, True)
    else:
      shares = torch._log_softmax(torch.to(scores, 6), 1, False)
    return torch.sub(first, torch.slice(shares, 1, 0, 1))

  # For the normalised positions x [positions, hidden]: log probabilities, in float32, of the tokens
  # `wanted` [positions, any]. The vocabulary goes by in pieces of at most `logits` logits, so that
  # all logits never exist together.
  def log_probabilities(self: __torch__.Llama,
      x: Tensor,
      wanted: Tensor,
      head: Tensor,
      logits: int) -> Tensor:
    vocabulary = torch.size(head, 0)
    piece = self.piece(torch.size(x, 0), logits)
    mass = torch.full([torch.size(x, 0), 1], float("-inf"), dtype=6, device=ops.prim.device(x))
    hits = torch.zeros_like(wanted, dtype=6)
    start = 0
    while start < vocabulary:
      end = min(start + piece, vocabulary)
      scores = torch.linear(x, torch.slice(head, 0, start, end))
      inside = torch.bitwise_and(torch.ge(wanted, start), torch.lt(wanted, end))
      index = torch.clamp(torch.sub(wanted, start), 0, end - start - 1)
      hits = torch.where(inside, torch.to(torch.gather(scores, 1, index), 6), hits)
      mass = torch.logaddexp(mass, self.mass(scores))
      start = end
    return torch.sub(hits, mass)

  # Sum over each window of the negative log likelihood of every token but the first, in float64:
  # [windows].
  def losses(self: __torch__.Llama,
      hidden: Tensor,
      tokens: Tensor,
      norm: Tensor,
      head: Tensor,
      epsilon: float,
      logits: int) -> Tensor:
    targets = torch.reshape(torch.slice(tokens, 1, 1), [-1, 1])
    found = self.log_probabilities(self.predictors(hidden, norm, epsilon), targets, head, logits)
    return torch.neg(torch.sum(torch.view(found, [torch.size(tokens, 0), -1]), [1], dtype=7))

  # The `count` likeliest next tokens at every position, as int32, and their log probabilities, in
  # float32: both [windows * (sequence - 1), count].
  def likeliest(self: __torch__.Llama,
      hidden: Tensor,
      norm: Tensor,
      head: Tensor,
      epsilon: float,
      logits: int,
      count: int) -> Tuple[Tensor, Tensor]:
    x = self.predictors(hidden, norm, epsilon)
    vocabulary = torch.size(head, 0)
    piece = max(count, self.piece(torch.size(x, 0), logits))
    mass = torch.full([torch.size(x, 0), 1], float("-inf"), dtype=6, device=ops.prim.device(x))
    best = torch.full([torch.size(x, 0), count], float("-inf"), dtype=6, device=ops.prim.device(x))
    tokens = torch.zeros([torch.size(x, 0), count], dtype=4, device=ops.prim.device(x))
    start = 0
    while start < vocabulary:
      end = min(start + piece, vocabulary)
      scores = torch.linear(x, torch.slice(head, 0, start, end))
      values, places = torch.topk(torch.to(scores, 6), min(count, end - start), 1)
      best, among = torch.topk(torch.cat([best, values], 1), count, 1)
      tokens = torch.gather(torch.cat([tokens, torch.add(places, start)], 1), 1, among)
      mass = torch.logaddexp(mass, self.mass(scores))
      start = end
    return (torch.to(tokens, 3), torch.sub(best, mass))

  # Sum over each window's positions of the Kullback-Leibler divergence of this model's next token
  # from another's, whose likeliest tokens [positions, count] and their log probabilities are given;
  # all other tokens count as one. In float64: [windows].
  def divergences(self: __torch__.Llama,
      hidden: Tensor,
      likeliest: Tensor,
      expected: Tensor,
      norm: Tensor,
      head: Tensor,
      epsilon: float,
      logits: int) -> Tensor:
    x = self.predictors(hidden, norm, epsilon)
    found = self.log_probabilities(x, torch.to(likeliest, 4), head, logits)
    share = torch.exp(expected)
    known = torch.sum(torch.mul(share, torch.sub(expected, found)), [1])
    rest = torch.clamp(torch.sub(1., torch.sum(share, [1])), 1e-07, 1.)
    other = torch.clamp(torch.sub(1., torch.sum(torch.exp(found), [1])), 1e-07, 1.)
    unknown = torch.mul(rest, torch.sub(torch.log(rest), torch.log(other)))
    sums = torch.view(torch.add(known, unknown), [torch.size(hidden, 0), -1])
    return torch.sum(sums, [1], dtype=7)

  # An uninitialised vector of `count` numbers of a dtype, where `like` is.
  def room(self: __torch__.Llama,
      like: Tensor,
      count: int,
      type: int) -> Tensor:
    return torch.empty([count], dtype=type, device=ops.prim.device(like))

  # A copy of x [..] where `like` is.
  def move(self: __torch__.Llama,
      x: Tensor,
      like: Tensor) -> Tensor:
    return torch.to(x, ops.prim.device(like), ops.prim.dtype(x), False, True)

  # A copy of x as numbers of a dtype.
  def cast(self: __torch__.Llama,
      x: Tensor,
      type: int) -> Tensor:
    return torch.to(x, type, False, True)

  # x as one vector, and such a vector in the shape of `like`: views.
  def flat(self: __torch__.Llama,
      x: Tensor) -> Tensor:
    return torch.view(x, [-1])

  def shaped(self: __torch__.Llama,
      x: Tensor,
      windows: int,
      sequence: int) -> Tensor:
    return torch.view(x, [windows, sequence, -1])

  # The matrix [rows, columns] (a vector [columns] where rows is 0) that lies in `flat` from its
  # element `start` on: a view.
  def part(self: __torch__.Llama,
      flat: Tensor,
      start: int,
      rows: int,
      columns: int) -> Tensor:
    part = torch.slice(flat, 0, start, start + max(1, rows) * columns)
    if rows == 0:
      return part
    return torch.view(part, [rows, columns])

  # Copies piece [n] into target, of any shape, from its element `start` on; converts to its type.
  def place(self: __torch__.Llama,
      target: Tensor,
      piece: Tensor,
      start: int) -> Tensor:
    flat = torch.view(target, [-1])
    return torch.copy_(torch.slice(flat, 0, start, start + torch.size(piece, 0)), piece)

  # weight [out, in] with its columns multiplied by a norm's weight [in].
  def scale_columns(self: __torch__.Llama,
      weight: Tensor,
      norm: Tensor) -> Tensor:
    return torch.mul(weight, norm)

  # weight [units * width, in] with its units in the given order.
  def arrange_rows(self: __torch__.Llama,
      weight: Tensor,
      order: Tensor,
      width: int) -> Tensor:
    blocks = torch.view(weight, [-1, width, torch.size(weight, 1)])
    return torch.reshape(torch.index_select(blocks, 0, order), [-1, torch.size(weight, 1)])

  # weight [out, units * width] with its units in the given order, transposed.
  def arrange_columns(self: __torch__.Llama,
      weight: Tensor,
      order: Tensor,
      width: int) -> Tensor:
    return self.arrange_rows(torch.contiguous(torch.t(weight)), order, width)
