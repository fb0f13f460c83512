// SPDX-License-Identifier: Apache-2.0
/**
 * Imports ONNX: a file in; {@link io.github.deepcache4j.importer.ImportedGraph}, a small clean
 * SameDiff graph, out. Next: {@link io.github.deepcache4j.importer} finds the roles of its inputs.
 */
@NullMarked
package io.github.deepcache4j.importer.onnx;

import org.jspecify.annotations.NullMarked;
