// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How many images go through the network in one call.
 *
 * @param size first size of the network's inputs
 * @param images images of one call: half of the size where guidance puts both halves in one batch
 * @param groups calls needed for all images; the last may hold images nobody asked for
 * @param options what the import needs to know for this size
 */
record NetworkBatch(long size, int images, int groups, ImportOptions options) {

    /** More images in one call need more memory and are hardly faster. */
    static final int MOST_IMAGES = 16;

    /**
     * The batch for a number of images: what the file or the user fixes, else at most {@value
     * #MOST_IMAGES} images.
     *
     * @param arrays from the user; sizes that the file leaves open are taken from them
     * @param guided whether each image needs two predictions a step
     */
    static NetworkBatch plan(
            List<DeclaredInput> inputs,
            ImportOptions given,
            Map<String, INDArray> arrays,
            int count,
            boolean guided) {
        OptionalLong fixed = fixedSize(inputs, given);
        int images;
        long size;
        if (fixed.isPresent()) {
            size = fixed.getAsLong();
            images = Math.toIntExact(guided && size % 2 == 0 ? size / 2 : size);
        } else {
            int groups = (count + MOST_IMAGES - 1) / MOST_IMAGES;
            images = (count + groups - 1) / groups;
            size = guided ? 2L * images : images;
        }
        Map<String, Shape> shapes = new LinkedHashMap<>(given.shapes());
        for (DeclaredInput input : inputs) {
            List<Long> sizes = sizes(input, size, arrays.get(input.name()));
            if (sizes.size() == input.sizes().size()) {
                shapes.putIfAbsent(input.name(), new Shape(sizes));
            }
        }
        return new NetworkBatch(
                size,
                images,
                (count + images - 1) / images,
                new ImportOptions(shapes, given.ports()));
    }

    /** Whether the two halves of guidance go through the network in one call. */
    boolean isDoubled() {
        return size == 2L * images;
    }

    /** Sizes as far as they are known. */
    private static List<Long> sizes(DeclaredInput input, long batch, @Nullable INDArray array) {
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < input.sizes().size(); axis++) {
            OptionalLong declared = input.size(axis);
            if (declared.isPresent()) {
                sizes.add(declared.getAsLong());
            } else if (axis == 0) {
                sizes.add(batch);
            } else if (array != null && array.rank() == input.sizes().size()) {
                sizes.add(array.size(axis));
            }
        }
        return sizes;
    }

    /** First size of the sample, if the file or the user fixes it. */
    private static OptionalLong fixedSize(List<DeclaredInput> inputs, ImportOptions given) {
        String named = given.ports().get("sample");
        for (DeclaredInput input : inputs) {
            boolean sample = named == null ? input.sizes().size() >= 3 : input.name().equals(named);
            if (sample) {
                Shape shape = given.shapes().get(input.name());
                return shape != null && shape.rank() > 0
                        ? OptionalLong.of(shape.size(0))
                        : input.size(0);
            }
        }
        return OptionalLong.empty();
    }
}
