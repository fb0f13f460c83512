// SPDX-License-Identifier: Apache-2.0
/**
 * Shows what runs did: {@link io.github.deepcache4j.session.StepEvent} records and pictures in;
 * {@link io.github.deepcache4j.report.RunReport} and one HTML page out. The last package of the
 * data flow.
 */
@NullMarked
package io.github.deepcache4j.report;

import org.jspecify.annotations.NullMarked;
