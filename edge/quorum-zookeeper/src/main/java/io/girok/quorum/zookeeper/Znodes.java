package io.girok.quorum.zookeeper;

/// The znodes of one cluster. Immutable.
final class Znodes {
    /*
     * | below the root | what |
     * |---|---|
     * | cluster | the cluster's id; whoever makes it makes all the others with it, but for leader |
     * | epoch | its version is the current epoch; who raises it leads, and all others are fenced |
     * | leader | ephemeral: who leads, in which epoch, and where it listens |
     * | tail | how many entries there are, and the offset at which the next one begins |
     * | log/INDEX | one entry: the records of one append |
     * | first | entries below this index are gone |
     * | snapshot | the snapshot in force: its name, what it covers, its chunks |
     * | snapshots/NAME/NUMBER | a chunk of a snapshot |
     * | barrier | written by who wants to know that what it reads next is the latest |
     *
     * Indices count entries without a gap, so that a reader may ask for many at a time. Names are explicit, never given
     * out by the ensemble, and children of log are never listed: the list of some 45,000 does not fit into an answer.
     */
    private final String root;

    Znodes(String root) {
        this.root = root;
    }

    /// Empty for the ensemble's own root.
    String root() {
        return root;
    }

    String cluster() {
        return root + "/cluster";
    }

    String epoch() {
        return root + "/epoch";
    }

    String leader() {
        return root + "/leader";
    }

    String tail() {
        return root + "/tail";
    }

    String log() {
        return root + "/log";
    }

    String entry(long index) {
        return root + "/log/" + index;
    }

    String first() {
        return root + "/first";
    }

    String snapshot() {
        return root + "/snapshot";
    }

    String snapshots() {
        return root + "/snapshots";
    }

    String snapshotFolder(String name) {
        return root + "/snapshots/" + name;
    }

    String chunk(String name, int number) {
        return root + "/snapshots/" + name + "/" + number;
    }

    String barrier() {
        return root + "/barrier";
    }
}
