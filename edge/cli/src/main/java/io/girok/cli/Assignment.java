package io.girok.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A name and a value, as in `retention.ms=60000`. Immutable.
record Assignment(String name, String value) {
    static Assignment parse(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw Failure.usage(option + " takes name=value, given: '" + text + "'");
        }
        return new Assignment(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }

    static Map<String, String> parseAll(String option, List<String> texts) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String text : texts) {
            Assignment assignment = parse(option, text);
            values.put(assignment.name(), assignment.value());
        }
        return values;
    }
}
