/// A whole cluster in one thread, from one seed: nodes as in production ([io.girok.node.Node]), on simulated disks, a
/// simulated network and the in-memory metadata quorum, under a virtual clock. [Simulation] plays one seed;
/// [Nemesis] brings bad luck, [History] holds what clients were promised, [FinalCheck] looks whether it was kept.
@NullMarked
package io.girok.simulation;

import org.jspecify.annotations.NullMarked;
