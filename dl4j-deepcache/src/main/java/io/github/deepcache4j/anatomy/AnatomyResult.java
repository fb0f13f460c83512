// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import java.util.List;

/** The answer to "where are the skips of this model": its anatomy, or why it is not a U-Net. */
public sealed interface AnatomyResult {

    record Found(UNetAnatomy anatomy) implements AnatomyResult {}

    /**
     * @param reasons whole sentences for a person, at least one: what was looked for, what was
     *     found
     */
    record NotAUNet(List<String> reasons) implements AnatomyResult {

        public NotAUNet {
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("a refusal needs a reason");
            }
        }
    }
}
