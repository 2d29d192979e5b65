class TrainedDecoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  # Mean cross-entropy in nats of predicting tokens[:, 1:] from what stands before.
  # tokens [batch, positions + 1]; cosine, sine [positions, head]; kept [layers], 0 skips a layer;
  # weights: embedding [vocabulary, hidden], nine of each layer, final norm [hidden].
  def loss(self: __torch__.TrainedDecoder, tokens: Tensor, cosine: Tensor, sine: Tensor, kept: Tensor, weights: List[Tensor]) -> Tensor:
    hidden = torch.embedding(weights[0], torch.slice(tokens, 1, 0, -1))
    layers = torch.floordiv(torch.len(weights), 9)
    for i in range(layers):
      if bool(torch.ne(kept[i], 0)):
        first = torch.add(torch.mul(i, 9), 1)
        hidden = self.attention(hidden, cosine, sine, weights[first], weights[first + 1], weights[first + 2], weights[first + 3], weights[first + 4])
        hidden = self.mlp(hidden, weights[first + 5], weights[first + 6], weights[first + 7], weights[first + 8])
    normed = self.norm(hidden, weights[-1])
    logits = torch.linear(normed, weights[0])
    targets = torch.slice(tokens, 1, 1)
    return torch.cross_entropy_loss(torch.flatten(logits, 0, 1), torch.flatten(targets))
  def attention(self: __torch__.TrainedDecoder, hidden: Tensor, cosine: Tensor, sine: Tensor, norm: Tensor, query: Tensor, key: Tensor, value: Tensor, output: Tensor) -> Tensor:
    head = torch.size(cosine, 1)
    x = self.norm(hidden, norm)
    q = self.turned(self.heads(torch.linear(x, query), head), cosine, sine)
    k = self.turned(self.heads(torch.linear(x, key), head), cosine, sine)
    v = self.heads(torch.linear(x, value), head)
    group = torch.floordiv(torch.size(q, 1), torch.size(k, 1))
    k = torch.repeat_interleave(k, group, 1)
    v = torch.repeat_interleave(v, group, 1)
    mixed = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
    joined = torch.flatten(torch.transpose(mixed, 1, 2), 2)
    return torch.add(hidden, torch.linear(joined, output))
  def mlp(self: __torch__.TrainedDecoder, hidden: Tensor, norm: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
    x = self.norm(hidden, norm)
    activated = torch.mul(torch.silu(torch.linear(x, gate)), torch.linear(x, up))
    return torch.add(hidden, torch.linear(activated, down))
  # [batch, positions, heads * head] to [batch, heads, positions, head]
  def heads(self: __torch__.TrainedDecoder, x: Tensor, head: int) -> Tensor:
    return torch.transpose(torch.reshape(x, [torch.size(x, 0), torch.size(x, 1), -1, head]), 1, 2)
  def turned(self: __torch__.TrainedDecoder, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    half = torch.floordiv(torch.size(x, -1), 2)
    first = torch.slice(x, 3, 0, half)
    second = torch.slice(x, 3, half)
    rotated = torch.cat([torch.neg(second), first], -1)
    return torch.add(torch.mul(x, cosine), torch.mul(rotated, sine))
  def norm(self: __torch__.TrainedDecoder, x: Tensor, weight: Tensor) -> Tensor:
    square = torch.mean(torch.mul(x, x), [-1], True)
    return torch.mul(torch.mul(x, torch.rsqrt(torch.add(square, 1e-05))), weight)
