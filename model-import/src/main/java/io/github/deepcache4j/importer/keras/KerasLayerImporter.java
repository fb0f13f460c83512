// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.List;

/**
 * What one Keras layer class becomes. Register it with {@link KerasLayers#with}.
 *
 * <p>An implementation reads inputs, attributes and weights from the {@link LayerCall} and adds
 * operators. An attribute that it never reads makes the import fail by name, so nothing is ignored
 * silently.
 */
@FunctionalInterface
public interface KerasLayerImporter {

    /**
     * Adds one call of the layer to the model.
     *
     * @return its results, in order
     * @throws RuntimeException by {@link LayerCall#refuse} if this form is not supported
     */
    List<KerasTensor> emit(LayerCall call);
}
