#!/bin/sh
# Becomes the Java program of the image; a signal reaches it. SELFPRUNER_JAVA_OPTS adds options for Java.
set -eu
# CUDA's libraries lie in folders of their own, where PyTorch comes from a Python package.
if [ -d /opt/torch/packages ]; then
  for folder in /opt/torch/packages/nvidia/*/lib /opt/torch/packages/cusparselt/lib; do
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
  done
  export LD_LIBRARY_PATH
fi
# shellcheck disable=SC2086 # options are split at blanks on purpose
exec java -Duser.home="${HOME:-/home/selfpruner}" -Dai.djl.pytorch.num_threads="$OMP_NUM_THREADS" \
  -XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError ${SELFPRUNER_JAVA_OPTS:-} -jar /opt/selfpruner/selfpruner.jar "$@"
