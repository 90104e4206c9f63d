using Attune.Records.Journals;

namespace Attune.Records.Tests;

/// <summary>Records for the tests.</summary>
internal static class Sample
{
    public static TuningRecord Record(long sequence = 0, string session = "s1", double? median = 1.5, Outcome outcome = Outcome.Ok, string task = "conv2d") =>
        new()
        {
            Task = task,
            Knobs = new Dictionary<string, string> { ["tile"] = "4x4", ["order"] = "oc-outer" },
            Index = 17 + sequence,
            Template = "direct/1",
            Outcome = outcome,
            TimesMs = median is { } ms ? [ms, ms * 1.125] : [],
            MedianMs = median,
            Message = median is null ? "line one\nline \"two\" \u00e9 \u2028" : null,
            CompileMs = 1.25,
            CalibrationMs = 0.5,
            Threads = 2,
            Device = "x64-test",
            Tuner = "bted+bao",
            Seed = 42,
            Session = session,
            Sequence = sequence,
            Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) + TimeSpan.FromSeconds(sequence),
        };

    /// <summary>The record as its line: what makes two records the same.</summary>
    public static string Text(TuningRecord record) => System.Text.Encoding.UTF8.GetString(JournalLine.Encode(record));
}
