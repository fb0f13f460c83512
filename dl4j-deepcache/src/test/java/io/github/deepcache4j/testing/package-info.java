// SPDX-License-Identifier: Apache-2.0
/** Small models and exact comparisons that the tests of several packages share. */
package io.github.deepcache4j.testing;
