// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.util.List;
import java.util.OptionalLong;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An input as a model file declares it.
 *
 * @param sizes outermost first: a number, or the name of a size that the file leaves open (may be
 *     empty)
 */
public record DeclaredInput(String name, DataType type, List<String> sizes) {

    public DeclaredInput {
        sizes = List.copyOf(sizes);
    }

    /** A size that the file fixes; empty if it leaves it open. */
    public OptionalLong size(int axis) {
        String size = sizes.get(axis);
        boolean fixed = !size.isEmpty() && size.chars().allMatch(Character::isDigit);
        return fixed && !size.equals("0")
                ? OptionalLong.of(Long.parseLong(size))
                : OptionalLong.empty();
    }
}
