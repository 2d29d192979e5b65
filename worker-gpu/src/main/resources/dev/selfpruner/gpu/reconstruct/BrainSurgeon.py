# Structured optimal brain surgeon, in TorchScript's serialised dialect (dtypes are numbers: 4 int64,
# 7 float64). Of a projection's weight W and H, the damped Gram matrix of its inputs, two matrices
# say all that the order of removal depends on: the inverse V = H^-1 and the products Q = W^T W.
# Once the columns p are removed and the others fitted, with c = V_pp^-1 V_p: they are
#   V - V_:p c   and   Q - c^T Q_p: - Q_:p c + c^T Q_pp c = Q - c^T d - d^T c, d = Q_p: - Q_pp c / 2,
# both zero in the rows and columns p.
class BrainSurgeon(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  # (gram + damping mean(diag gram) I)^-1, in float64; of a zero matrix, the identity.
  def inverse(self: __torch__.BrainSurgeon,
      gram: Tensor,
      damping: float) -> Tensor:
    damped = torch.to(gram, 7, False, True)
    diagonal = torch.diagonal(damped)
    shift = torch.mul(torch.mean(diagonal), damping)
    torch.add_(diagonal, torch.where(torch.gt(shift, 0), shift, torch.ones_like(shift)))
    return torch.cholesky_inverse(torch.linalg_cholesky(damped))

  # W^T W of weight [out, n], in float64: [n, n].
  def products(self: __torch__.BrainSurgeon,
      weight: Tensor) -> Tensor:
    wide = torch.to(weight, 7)
    return torch.mm(torch.t(wide), wide)

  # Rows and columns of x [n, n] in an order [n].
  def arrange(self: __torch__.BrainSurgeon,
      x: Tensor,
      order: Tensor) -> Tensor:
    return torch.index_select(torch.index_select(x, 0, order), 1, order)

  # What `columns` works on: V, Q, their diagonals, and the columns' numbers. A removed column has
  # an infinite product and the pivot 1.
  def begin(self: __torch__.BrainSurgeon,
      inverse: Tensor,
      products: Tensor) -> List[Tensor]:
    numbers = torch.arange(torch.size(inverse, 0), dtype=4, device=ops.prim.device(inverse))
    return [inverse, products, torch.clone(torch.diagonal(inverse)),
        torch.clone(torch.diagonal(products)), numbers]

  # Removes `count` columns, each that of the least Q_pp / V_pp, and returns their numbers in the
  # order of removal. A step reads the matrices as they were at the beginning and applies what the
  # removals before it did to one row of each; all of them are applied to the matrices at the end.
  def columns(self: __torch__.BrainSurgeon,
      state: List[Tensor],
      count: int) -> Tensor:
    inverse = state[0]
    products = state[1]
    pivots = state[2]
    squares = state[3]
    numbers = state[4]
    n = torch.size(inverse, 0)
    device = ops.prim.device(inverse)
    removed = torch.empty([count], dtype=4, device=device)
    u = torch.empty([count, n], dtype=7, device=device)
    c = torch.empty([count, n], dtype=7, device=device)
    d = torch.empty([count, n], dtype=7, device=device)
    for step in range(count):
      p = torch.argmin(torch.div(squares, pivots), 0, True)
      torch.copy_(torch.slice(removed, 0, step, step + 1), torch.index_select(numbers, 0, p))
      u_before = torch.slice(u, 0, 0, step)
      c_before = torch.slice(c, 0, 0, step)
      d_before = torch.slice(d, 0, 0, step)
      v = torch.addmm(torch.index_select(inverse, 0, p), torch.t(torch.index_select(u_before, 1, p)), u_before, beta=1, alpha=-1)
      q = torch.addmm(torch.index_select(products, 0, p), torch.t(torch.index_select(c_before, 1, p)), d_before, beta=1, alpha=-1)
      q = torch.addmm(q, torch.t(torch.index_select(d_before, 1, p)), c_before, beta=1, alpha=-1)
      pivot = torch.index_select(v, 1, p)
      c_step = torch.div(v, pivot)
      d_step = torch.sub(q, torch.mul(c_step, torch.index_select(q, 1, p)), alpha=0.5)
      u_step = torch.div(v, torch.sqrt(pivot))
      torch.copy_(torch.slice(u, 0, step, step + 1), u_step)
      torch.copy_(torch.slice(c, 0, step, step + 1), c_step)
      torch.copy_(torch.slice(d, 0, step, step + 1), d_step)
      torch.sub_(pivots, torch.view(torch.square(u_step), [-1]))
      torch.sub_(squares, torch.view(torch.mul(c_step, d_step), [-1]), alpha=2)
      torch.index_fill_(pivots, 0, p, 1.)
      torch.index_fill_(squares, 0, p, float("inf"))
    torch.addmm_(inverse, torch.t(u), u, beta=1, alpha=-1)
    torch.addmm_(products, torch.t(c), d, beta=1, alpha=-1)
    torch.addmm_(products, torch.t(d), c, beta=1, alpha=-1)
    return removed

  # The state without the columns that were removed.
  def compact(self: __torch__.BrainSurgeon,
      state: List[Tensor]) -> List[Tensor]:
    kept = torch.view(torch.nonzero(torch.isfinite(state[3])), [-1])
    return [self.arrange(state[0], kept), self.arrange(state[1], kept),
        torch.index_select(state[2], 0, kept), torch.index_select(state[3], 0, kept),
        torch.index_select(state[4], 0, kept)]

  # Numbers of the columns that are there, the only one where all others were removed.
  def left(self: __torch__.BrainSurgeon,
      state: List[Tensor]) -> Tensor:
    return torch.index_select(state[4], 0, torch.view(torch.nonzero(torch.isfinite(state[3])), [-1]))

  # All units in the order of removal, a unit being `width` neighbouring columns: each is that of the
  # least tr(V_pp^-1 Q_pp) among the teams, of team [units], that have lost none in this round, which
  # takes one of each of the `teams`. Changes the matrices.
  def units(self: __torch__.BrainSurgeon,
      inverse: Tensor,
      products: Tensor,
      width: int,
      team: Tensor,
      teams: int) -> Tensor:
    units = torch.size(team, 0)
    device = ops.prim.device(inverse)
    within = torch.arange(width, dtype=4, device=device)
    identity = torch.eye(width, dtype=7, device=device)
    order = torch.empty([units], dtype=4, device=device)
    removed = torch.zeros([units], dtype=7, device=device)
    closed = torch.zeros([units], dtype=7, device=device)
    for step in range(units):
      pivots = torch.permute(torch.diagonal(torch.view(inverse, [units, width, units, width]), 0, 0, 2), [2, 0, 1])
      squares = torch.permute(torch.diagonal(torch.view(products, [units, width, units, width]), 0, 0, 2), [2, 0, 1])
      gone = torch.view(torch.gt(removed, 0), [-1, 1, 1])
      factors = torch.linalg_cholesky(torch.where(gone, identity, pivots))
      solved = torch.cholesky_solve(torch.contiguous(squares), factors)
      cost = torch.sum(torch.diagonal(solved, 0, 1, 2), [1])
      barred = torch.gt(torch.add(removed, closed), 0)
      p = torch.argmin(torch.masked_fill(cost, barred, float("inf")), 0, True)
      torch.copy_(torch.slice(order, 0, step, step + 1), p)
      columns = torch.add(torch.mul(p, width), within)
      v = torch.index_select(inverse, 0, columns)
      q = torch.index_select(products, 0, columns)
      pivot = torch.view(torch.index_select(factors, 0, p), [width, width])
      c = torch.cholesky_solve(v, pivot)
      d = torch.sub(q, torch.mm(torch.index_select(q, 1, columns), c), alpha=0.5)
      torch.addmm_(inverse, torch.t(v), c, beta=1, alpha=-1)
      torch.addmm_(products, torch.t(c), d, beta=1, alpha=-1)
      torch.addmm_(products, torch.t(d), c, beta=1, alpha=-1)
      torch.index_fill_(removed, 0, p, 1.)
      torch.masked_fill_(closed, torch.eq(team, torch.index_select(team, 0, p)), 1.)
      if (step + 1) % teams == 0:
        torch.zero_(closed)
    return order
