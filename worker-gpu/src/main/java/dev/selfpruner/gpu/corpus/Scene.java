package dev.selfpruner.gpu.corpus;

/** A paragraph's worth of events. */
@FunctionalInterface
interface Scene {
  /** Tells the scene and leaves the world as the scene's events leave it. */
  String tell(World world, Dice dice);
}
