// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.util.List;

/**
 * A model that has been read and can be imported for any input sizes its file leaves open. All
 * imports share the weights: the graphs hold the same array objects.
 *
 * <pre>{@code
 * ModelSource source = UNetImporter.open(Path.of("unet/model.onnx"));
 * UNet small = UNetImporter.load(source, ImportOptions.none().withShape("sample", 1, 4, 64, 64));
 * UNet large = UNetImporter.load(source, ImportOptions.none().withShape("sample", 2, 4, 96, 96));
 * }</pre>
 */
public interface ModelSource {

    /** The inputs as the file declares them. */
    List<DeclaredInput> inputs();

    /**
     * The model for given input sizes.
     *
     * @throws ImportException if a size is not given, or the model cannot be imported exactly
     */
    ImportedGraph at(ImportOptions options);
}
