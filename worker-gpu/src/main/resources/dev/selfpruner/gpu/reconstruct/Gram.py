# Gram matrices, in TorchScript's serialised dialect (dtypes are numbers: 6 float32). Sums are kept
# as panels of rows, each up to its own diagonal: the rest is their mirror image.
class Gram(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  # Zeros [n, n], float32, where `like` is.
  def zeros(self: __torch__.Gram,
      like: Tensor,
      n: int) -> Tensor:
    return torch.zeros([n, n], dtype=6, device=ops.prim.device(like))

  # x in float32; x itself where it is.
  def widen(self: __torch__.Gram,
      x: Tensor) -> Tensor:
    return torch.to(x, 6)

  # Adds x^T x, of x [tokens, n] in float32, to the panel of rows first to end - 1 of sums [n, n].
  def add(self: __torch__.Gram,
      sums: Tensor,
      x: Tensor,
      first: int,
      end: int) -> Tensor:
    panel = torch.slice(torch.slice(sums, 0, first, end), 1, 0, end)
    rows = torch.t(torch.slice(x, 1, first, end))
    return torch.addmm_(panel, rows, torch.slice(x, 1, 0, end))

  # Mirrors the panels, of `width` rows each, at the diagonal: sums [n, n] is then symmetric to the
  # last bit.
  def mirror(self: __torch__.Gram,
      sums: Tensor,
      width: int) -> Tensor:
    n = torch.size(sums, 0)
    first = 0
    while first < n:
      end = min(first + width, n)
      rows = torch.slice(sums, 0, first, end)
      square = torch.slice(rows, 1, first, end)
      lower = torch.tril(square)
      torch.copy_(square, torch.add(lower, torch.t(torch.tril(square, -1))))
      above = torch.slice(rows, 1, end, n)
      below = torch.slice(torch.slice(sums, 0, end, n), 1, first, end)
      torch.copy_(above, torch.t(below))
      first = end
    return sums

  # 1 where all elements of x are finite, else 0: [1]. Elements of a Gram matrix are at most as
  # large as the diagonal's.
  def finite(self: __torch__.Gram,
      x: Tensor) -> Tensor:
    return torch.view(torch.to(torch.all(torch.isfinite(torch.diagonal(x))), 6), [1])

  # Elements start to start + count - 1 of x, in row-major order: a view.
  def part(self: __torch__.Gram,
      x: Tensor,
      start: int,
      count: int) -> Tensor:
    return torch.slice(torch.view(x, [-1]), 0, start, start + count)

  # Copies piece [any] into x, from its element `start` on in row-major order.
  def place(self: __torch__.Gram,
      x: Tensor,
      piece: Tensor,
      start: int) -> Tensor:
    flat = torch.view(x, [-1])
    return torch.copy_(torch.slice(flat, 0, start, start + torch.size(piece, 0)), piece)
