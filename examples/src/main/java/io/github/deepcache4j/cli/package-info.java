// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code deepcache} command: arguments in; tables, pictures and JSON out. One class for each
 * subcommand; everything it does is in the libraries, and begins at {@link
 * io.github.deepcache4j.importer.UNetImporter}.
 */
@NullMarked
package io.github.deepcache4j.cli;

import org.jspecify.annotations.NullMarked;
