package io.girok.server;

import io.girok.controller.ActiveController;
import io.girok.controller.CreateCluster;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;

/// Writes the first record of a cluster's life, when this node is the active controller and there is none. Thread-safe.
record ClusterFounder(ActiveController controller, String clusterId) implements MetadataStore.Subscriber {
    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        // Only the first leader founds anything.
    }

    @Override
    public void onLeader(long epoch) {
        var _ = controller.submit(new CreateCluster(clusterId));
    }
}
