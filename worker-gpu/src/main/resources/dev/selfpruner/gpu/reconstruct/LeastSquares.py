# Least-squares fits of output projections, in TorchScript's serialised dialect (dtypes: 4 int64, 6
# float32, 7 float64). Projections lie transposed, [units, hidden], as the decoder takes them: of a
# plan's units they are the first rows. What is solved is in float64, what comes out in float32.
class LeastSquares(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  # gram [n, n] of any device with rows and columns in the given order, in float64 where `like` is.
  # A thousand rows at a time: nothing else of that size exists beside the result.
  def arranged(self: __torch__.LeastSquares,
      gram: Tensor,
      order: Tensor,
      like: Tensor) -> Tensor:
    n = torch.size(gram, 0)
    device = ops.prim.device(like)
    columns = torch.to(order, device, 4, False, True)
    result = torch.empty([n, n], dtype=7, device=device)
    start = 0
    while start < n:
      end = min(start + 1024, n)
      rows = torch.to(torch.index_select(gram, 0, torch.slice(order, 0, start, end)), device, 6, False, True)
      filled = torch.copy_(torch.slice(result, 0, start, end), torch.index_select(rows, 1, columns))
      start = end
    return result

  # The lower Cholesky factor of gram + damping mean(diagonal) I; gram [n, n] is changed.
  def factor(self: __torch__.LeastSquares,
      gram: Tensor,
      damping: float) -> Tensor:
    diagonal = torch.diagonal(gram)
    damped = torch.add_(diagonal, torch.mul(torch.mean(diagonal), damping))
    return torch.linalg_cholesky(gram)

  # The first rows of weight [n, hidden], changed so that they make up for the others: with H = L L'
  # and S the rows that stay, W_S + H_SS^-1 H_SR W_R, which is W_S + L_SS'^-1 L_RS' W_R.
  def prefix(self: __torch__.LeastSquares,
      factor: Tensor,
      weight: Tensor,
      kept: int) -> Tensor:
    lead = torch.slice(torch.slice(factor, 0, 0, kept), 1, 0, kept)
    below = torch.slice(torch.slice(factor, 0, kept), 1, 0, kept)
    missing = torch.mm(torch.t(below), torch.to(torch.slice(weight, 0, kept), 7))
    change = torch.linalg_solve_triangular(torch.t(lead), missing, upper=True)
    return torch.contiguous(torch.to(torch.add_(change, torch.slice(weight, 0, 0, kept)), 6))

  # The first rows of weight [n, hidden], changed towards what maps inputs X to targets T, by gram =
  # X'X [kept, kept], which is changed, and cross = X'T [kept, hidden]: the W that minimises
  # |X W - T|^2 + damping mean(diagonal) |W - W_S|^2.
  def refit(self: __torch__.LeastSquares,
      gram: Tensor,
      cross: Tensor,
      weight: Tensor,
      damping: float) -> Tensor:
    own = torch.to(torch.slice(weight, 0, 0, torch.size(gram, 0)), 7)
    missing = torch.sub(cross, torch.mm(gram, own))
    change = torch.cholesky_solve(missing, self.factor(gram, damping))
    return torch.contiguous(torch.to(torch.add_(change, own), 6))

  # The first columns of x [tokens, any], in float32.
  def columns(self: __torch__.LeastSquares,
      x: Tensor,
      count: int) -> Tensor:
    return torch.to(torch.slice(x, 1, 0, count), 6)

  # What is to be added to `other` to be `wanted`, both [windows, sequence, hidden], in float32:
  # [tokens, hidden].
  def difference(self: __torch__.LeastSquares,
      wanted: Tensor,
      other: Tensor) -> Tensor:
    return torch.view(torch.sub(torch.to(wanted, 6), torch.to(other, 6)), [-1, torch.size(wanted, 2)])

  # Zeros in float64 where `like` is.
  def zeros(self: __torch__.LeastSquares,
      like: Tensor,
      rows: int,
      columns: int) -> Tensor:
    return torch.zeros([rows, columns], dtype=7, device=ops.prim.device(like))

  # Adds rows `start` to `end` of x'y to sum; x [tokens, rows] and y [tokens, columns] in float32.
  def accumulate(self: __torch__.LeastSquares,
      sum: Tensor,
      x: Tensor,
      y: Tensor,
      start: int,
      end: int) -> Tensor:
    product = torch.mm(torch.t(torch.slice(x, 1, start, end)), y)
    return torch.add_(torch.slice(sum, 0, start, end), product)

  # x [kept, hidden] of any device as the first of so many rows, the others zero, where `like` is and
  # of its type.
  def padded(self: __torch__.LeastSquares,
      x: Tensor,
      rows: int,
      like: Tensor) -> Tensor:
    result = torch.zeros([rows, torch.size(x, 1)], dtype=ops.prim.dtype(like), device=ops.prim.device(like))
    filled = torch.copy_(torch.slice(result, 0, 0, torch.size(x, 0)), x)
    return result

  # A copy of x on the host.
  def hosted(self: __torch__.LeastSquares,
      x: Tensor) -> Tensor:
    return torch.to(x, torch.device("cpu"), ops.prim.dtype(x), False, True)

  # Sum of all elements, in float64: [1]. Not finite where an element isn't.
  def total(self: __torch__.LeastSquares,
      x: Tensor) -> Tensor:
    return torch.view(torch.sum(x, dtype=7), [1])
