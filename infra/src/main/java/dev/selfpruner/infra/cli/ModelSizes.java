package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.PrunableModel;

/**
 * What a budget of any kind is reckoned from.
 *
 * @param prunable the decoder layers in some order of their units: sizes do not depend on it
 * @param parameters of the whole model, embedding and norms included
 * @param bytesPerParameter as the model's files store most of them
 */
record ModelSizes(PrunableModel prunable, long parameters, int bytesPerParameter) {}
