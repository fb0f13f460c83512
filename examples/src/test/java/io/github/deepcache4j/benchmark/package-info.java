// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of single kernels with JMH: not run by the build; docs/performance.md tells how. */
package io.github.deepcache4j.benchmark;
