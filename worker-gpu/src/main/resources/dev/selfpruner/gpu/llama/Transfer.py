# Copies between a CUDA device and page-locked memory, in TorchScript's serialised dialect, on a
# stream of the calling thread's own: they overlap with what other threads compute.
class Transfer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  # From now on the calling thread works on a stream of its own of the device that x is on.
  def enter(self: __torch__.Transfer,
      x: Tensor) -> Tensor:
    stream = __torch__.torch.classes.cuda.Stream.__new__(__torch__.torch.classes.cuda.Stream)
    made = (stream).__init__(ops.prim.device(x), 0, )
    ops.cuda.set_stream(stream)
    return x

  # Returns when all that the calling thread asked for is done.
  def synchronize(self: __torch__.Transfer,
      x: Tensor) -> Tensor:
    stream = ops.cuda.current_stream(ops.prim.device(x))
    done = (stream).synchronize()
    return x

  # Room for `count` numbers of x's type in page-locked memory.
  def locked(self: __torch__.Transfer,
      x: Tensor,
      count: int) -> Tensor:
    return torch.pin_memory(torch.empty([count], dtype=ops.prim.dtype(x), device=torch.device("cpu")))

  # Copies x [n] to the beginning of target, without waiting.
  def copy(self: __torch__.Transfer,
      target: Tensor,
      x: Tensor) -> Tensor:
    return torch.copy_(torch.slice(target, 0, 0, torch.size(x, 0)), x, True)
