package io.girok.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A moment as people type it. Stateless.
///
/// `1767225600000` (milliseconds since 1970), `2026-01-01`, `2026-01-01T10:00:00` (here), `2026-01-01T10:00:00Z`,
/// `2026-01-01T10:00:00+09:00`, or how long ago: `-90s`, `-15m`, `-2h`, `-7d`.
final class TimePoint {
    private static final Pattern AGO = Pattern.compile("-(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern MILLISECONDS = Pattern.compile("\\d{1,18}");

    private TimePoint() {}

    /// Milliseconds since 1970.
    static long parse(String text, Instant now, ZoneId zone) {
        String trimmed = text.strip();
        if (MILLISECONDS.matcher(trimmed).matches()) {
            return Long.parseLong(trimmed);
        }
        Matcher ago = AGO.matcher(trimmed);
        if (ago.matches()) {
            return now.minus(duration(Long.parseLong(ago.group(1)), ago.group(2))).toEpochMilli();
        }
        List<Function<String, Instant>> forms = List.of(
                Instant::parse,
                form -> OffsetDateTime.parse(form).toInstant(),
                form -> LocalDateTime.parse(form).atZone(zone).toInstant(),
                form -> LocalDate.parse(form).atStartOfDay(zone).toInstant());
        for (Function<String, Instant> form : forms) {
            try {
                return form.apply(trimmed.toUpperCase(Locale.ROOT)).toEpochMilli();
            } catch (DateTimeException | ArithmeticException e) {
                // Perhaps the next form fits.
            }
        }
        throw Failure.usage("'" + text + "' is no time; allowed: 2026-01-01, 2026-01-01T10:00:00, "
                + "2026-01-01T10:00:00Z, milliseconds since 1970, or how long ago: -90s, -15m, -2h, -7d");
    }

    static long parse(String text) {
        return parse(text, Instant.now(), ZoneId.systemDefault());
    }

    private static Duration duration(long count, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
