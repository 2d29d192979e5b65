# The LLaMA decoder (Touvron et al., 2023), in TorchScript's serialised dialect: what a saved module
# contains, so operators are torch.<name> and dtypes are numbers (6 float32, 7 float64).
# Weights are arguments. Query heads, key-value heads and neurons are laid out most important first,
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

  # One decoder layer on hidden [windows, sequence, hidden], with its first units alone.
  # weights: input norm [hidden], q [query heads * head, hidden], k and v [key-value heads * head,
  # hidden], o [query heads * head, hidden], MLP norm [hidden], gate, up and down [neurons, hidden],
  # key-value head of each query head [query heads].
  # rotary: cosines and signed sines [sequence, 1, head], as `rotate` takes them.
  def layer(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      rotary: List[Tensor],
      query_heads: int,
      key_value_heads: int,
      neurons: int,
      epsilon: float) -> Tensor:
    residual = torch.view(hidden, [-1, torch.size(hidden, 2)])
    heads = self.attend(hidden, weights, rotary, query_heads, key_value_heads, epsilon)
    residual = torch.addmm(residual, heads, torch.slice(weights[4], 0, 0, torch.size(heads, 1)))
    activations = self.activate(residual, weights, neurons, epsilon)
    residual = torch.addmm(residual, activations, torch.slice(weights[8], 0, 0, torch.size(activations, 1)))
    return torch.view_as(residual, hidden)

  # The whole layer, and the sums over all tokens of the squared inputs of o_proj
  # [query heads * head] and of down_proj [neurons], in float64.
  def observed_layer(self: __torch__.Llama,
      hidden: Tensor,
      weights: List[Tensor],
      rotary: List[Tensor],
      query_heads: int,
      key_value_heads: int,
      neurons: int,
      epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
    residual = torch.view(hidden, [-1, torch.size(hidden, 2)])
    heads = self.attend(hidden, weights, rotary, query_heads, key_value_heads, epsilon)
    residual = torch.addmm(residual, heads, weights[4])
    activations = self.activate(residual, weights, neurons, epsilon)
    residual = torch.addmm(residual, activations, weights[8])
    return (torch.view_as(residual, hidden), self.squares(heads), self.squares(activations))

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
      key_value_heads: int,
      epsilon: float) -> Tensor:
    windows = torch.size(hidden, 0)
    sequence = torch.size(hidden, 1)
    head = torch.size(rotary[0], 2)
    x = self.normalise(hidden, weights[0], epsilon)
    query = torch.linear(x, torch.slice(weights[1], 0, 0, query_heads * head))
    key = torch.linear(x, torch.slice(weights[2], 0, 0, key_value_heads * head))
    value = torch.linear(x, torch.slice(weights[3], 0, 0, key_value_heads * head))
    query = self.rotate(torch.view(query, [windows, sequence, query_heads, head]), rotary)
    key = self.rotate(torch.view(key, [windows, sequence, key_value_heads, head]), rotary)
    value = torch.view(value, [windows, sequence, key_value_heads, head])
    # Heads are expanded by index: pruning leaves groups of any size.
    if key_value_heads != query_heads:
      group = torch.slice(weights[9], 0, 0, query_heads)
      key = torch.index_select(key, 2, group)
      value = torch.index_select(value, 2, group)
    heads = torch.scaled_dot_product_attention(
        torch.transpose(query, 1, 2), torch.transpose(key, 1, 2), torch.transpose(value, 1, 2),
        None, 0., True)
    return torch.reshape(torch.transpose(heads, 1, 2), [windows * sequence, query_heads * head])

  # The SwiGLU MLP before down_proj (Shazeer, 2020), x [tokens, hidden] -> [tokens, neurons], with
  # neurons of activation zero after them up to a multiple of 16, as long as there are any: matrix
  # products of odd widths are slower by more than these cost.
  def activate(self: __torch__.Llama,
      x: Tensor,
      weights: List[Tensor],
      neurons: int,
      epsilon: float) -> Tensor:
    padded = min((neurons + 15) // 16 * 16, torch.size(weights[6], 0))
    x = self.normalise(x, weights[5], epsilon)
    gate = torch.silu_(torch.linear(x, torch.slice(weights[6], 0, 0, padded)))
    product = torch.mul_(gate, torch.linear(x, torch.slice(weights[7], 0, 0, padded)))
    if padded != neurons:
      torch.zero_(torch.slice(product, 1, neurons, padded))
    return product

  # Root mean square normalisation over the last dimension, computed in float32.
  def normalise(self: __torch__.Llama,
      x: Tensor,
      weight: Tensor,
      epsilon: float) -> Tensor:
    length = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    mean = torch.div(torch.square(length), torch.size(x, -1))
    scale = torch.rsqrt_(torch.add_(mean, epsilon))
    return torch.mul_(torch.to(torch.mul(x, scale), weight), weight)

  # Rotary position embedding of x [windows, sequence, heads, head]; element i turns with
  # i + head / 2. The sines of the first half are negative.
  def rotate(self: __torch__.Llama,
      x: Tensor,
      rotary: List[Tensor]) -> Tensor:
    half = torch.size(x, 3) // 2
    swapped = torch.cat([torch.slice(x, 3, half), torch.slice(x, 3, 0, half)], 3)
    return torch.addcmul_(torch.mul(x, rotary[0]), swapped, rotary[1])

  # Logits of hidden [windows, sequence, hidden] with the output head [vocabulary, hidden].
  def logits(self: __torch__.Llama,
      hidden: Tensor,
      norm: Tensor,
      head: Tensor,
      epsilon: float) -> Tensor:
    return torch.linear(self.normalise(hidden, norm, epsilon), head)

  # Sum over each window of the negative log likelihood of every token but the first, in float64:
  # [windows]. The vocabulary goes by in pieces of at most `logits` logits, with a running maximum
  # and a running sum of exponentials below it, so that all logits never exist together.
  def losses(self: __torch__.Llama,
      hidden: Tensor,
      tokens: Tensor,
      norm: Tensor,
      head: Tensor,
      epsilon: float,
      logits: int) -> Tensor:
    windows = torch.size(hidden, 0)
    predictions = torch.size(hidden, 1) - 1
    vocabulary = torch.size(head, 0)
    x = self.normalise(torch.slice(hidden, 1, 0, predictions), norm, epsilon)
    x = torch.reshape(x, [windows * predictions, torch.size(hidden, 2)])
    targets = torch.reshape(torch.slice(tokens, 1, 1), [-1, 1])
    piece = max(1, logits // (windows * predictions))
    top = torch.full([windows * predictions, 1], float("-inf"), dtype=6, device=ops.prim.device(x))
    rest = torch.zeros_like(top)
    hit = torch.zeros_like(top)
    start = 0
    while start < vocabulary:
      end = min(start + piece, vocabulary)
      scores = torch.to(torch.linear(x, torch.slice(head, 0, start, end)), 6)
      inside = torch.bitwise_and(torch.ge(targets, start), torch.lt(targets, end))
      index = torch.clamp(torch.sub(targets, start), 0, end - start - 1)
      hit = torch.where(inside, torch.gather(scores, 1, index), hit)
      higher = torch.maximum(top, torch.amax(scores, [1], True))
      sums = torch.sum(torch.exp_(torch.sub_(scores, higher)), [1], True)
      rest = torch.add(torch.mul(rest, torch.exp(torch.sub(top, higher))), sums)
      top = higher
      start = end
    loss = torch.sub(torch.add(torch.log(rest), top), hit)
    return torch.sum(torch.view(loss, [windows, predictions]), [1], dtype=7)

  # Copies piece [n] into target, of any shape, from its element `start` on; converts to its type.
  def place(self: __torch__.Llama,
      target: Tensor,
      piece: Tensor,
      start: int) -> Tensor:
    flat = torch.view(target, [-1])
    return torch.copy_(torch.slice(flat, 0, start, start + torch.size(piece, 0)), piece)

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
