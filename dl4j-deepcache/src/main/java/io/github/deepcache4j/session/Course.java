// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.schedule.BranchSchedule;

/** A policy made ready for a run: what a session follows. */
record Course(
        Policy policy, BranchSchedule schedule, Abscissae abscissae, Corrections corrections) {}
