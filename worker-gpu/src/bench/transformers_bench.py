#!/usr/bin/env python3
"""The same evaluation with transformers, for comparison with `selfpruner bench`.

What a user would write: the model under inference mode, a window at a time, the mean loss of each
window's tokens but the first. Prints one line of JSON a measurement, as `bench --json` names things.

Needs a venv with torch and transformers (measured with torch 2.7.1 and transformers 4.57.1):

    python3 transformers_bench.py --shape smollm2_135m --sequence-length 512 --windows 4 --threads 2
    python3 transformers_bench.py --shape llama_2_7b --windows 166 --device cuda --dtype float16
    python3 transformers_bench.py --model DIR --sequence-length 512 --windows 4
"""
import argparse
import json
import statistics
import time

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

# name: hidden, layers, query heads, key-value heads, neurons, vocabulary, context, tied
SHAPES = {
    "smollm2_135m": (576, 30, 9, 3, 1536, 49152, 8192, True),
    "llama_2_7b": (4096, 32, 32, 32, 11008, 32000, 4096, False),
    "llama_2_13b": (5120, 40, 40, 40, 13824, 32000, 4096, False),
    "llama_3_8b": (4096, 32, 32, 8, 14336, 128256, 8192, False),
}


def random_model(name, device, dtype):
    hidden, layers, heads, groups, neurons, vocabulary, context, tied = SHAPES[name]
    config = LlamaConfig(
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=groups,
        intermediate_size=neurons,
        vocab_size=vocabulary,
        max_position_embeddings=context,
        tie_word_embeddings=tied,
        use_cache=False,
    )
    torch.set_default_dtype(dtype)
    with torch.device(device):
        return LlamaForCausalLM(config)


def synchronize(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize()


@torch.inference_mode()
def evaluate(model, windows, batch):
    losses = []
    for start in range(0, len(windows), batch):
        tokens = windows[start : start + batch]
        logits = model(input_ids=tokens, use_cache=False).logits
        losses.append(
            torch.nn.functional.cross_entropy(
                logits[:, :-1].flatten(0, 1).float(), tokens[:, 1:].flatten(), reduction="none"
            ).view(len(tokens), -1).mean(1)
        )
    return torch.cat(losses).tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="smollm2_135m")
    parser.add_argument("--model", help="a Hugging Face directory, instead of random weights")
    parser.add_argument("--sequence-length", type=int, default=2048)
    parser.add_argument("--windows", type=int, default=4)
    parser.add_argument("--batch", type=int, default=1, help="windows that go through the model together")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="intra-op threads (0: torch's default)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    options = parser.parse_args()

    if options.threads:
        torch.set_num_threads(options.threads)
    dtype = getattr(torch, options.dtype)
    if options.model:
        model = AutoModelForCausalLM.from_pretrained(options.model, torch_dtype=dtype).to(options.device)
    else:
        model = random_model(options.shape, options.device, dtype)
    model.eval()
    generator = torch.Generator().manual_seed(1)
    windows = torch.randint(
        0, model.config.vocab_size, (options.windows, options.sequence_length), generator=generator
    ).to(options.device)
    evaluate(model, windows[: options.batch], options.batch)
    seconds = []
    for _ in range(options.repeats):
        synchronize(options.device)
        start = time.perf_counter()
        evaluate(model, windows, options.batch)
        synchronize(options.device)
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    print(
        json.dumps(
            {
                "what": "transformers, dense",
                "torch": torch.__version__,
                "device": options.device,
                "numericType": options.dtype,
                "parameters": sum(p.numel() for p in model.parameters()),
                "tokens": windows.numel(),
                "seconds": median,
                "fastest": min(seconds),
                "slowest": max(seconds),
                "tokensPerSecond": windows.numel() / median,
            }
        )
    )


if __name__ == "__main__":
    main()
