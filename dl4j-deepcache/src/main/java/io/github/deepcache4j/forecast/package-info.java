// SPDX-License-Identifier: Apache-2.0
/**
 * Says what a boundary will be: abscissae of the full steps and of the step to come in; one weight
 * for each kept feature out. Scalars only; next: {@code session} lets the engine sum the features.
 */
@NullMarked
package io.github.deepcache4j.forecast;

import org.jspecify.annotations.NullMarked;
