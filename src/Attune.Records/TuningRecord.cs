using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Attune.Records;

/// <summary>
/// One measured candidate, as kept for ever. Session and sequence together name it: merging drops a second copy by them. Immutable; equality is by reference
/// of its collections, so compare by <see cref="Session"/> and <see cref="Sequence"/>.
/// </summary>
public sealed record TuningRecord
{
    /// <summary>The schema this build reads and writes.</summary>
    public const int CurrentSchema = 2;

    /// <summary>Schema of the record; a reader refuses newer ones.</summary>
    [JsonPropertyName("v")]
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Key of the task: the workload as text.</summary>
    public required string Task { get; init; }

    /// <summary>Names and entity texts of the knobs that mean something at this point.</summary>
    public required IReadOnlyDictionary<string, string> Knobs { get; init; }

    /// <summary>
    /// Index of the configuration in the space at the time, -1 when that space is no more; after a change of the template only <see cref="Knobs"/> count.
    /// </summary>
    public required long Index { get; init; }

    /// <summary>
    /// Name and version of the kernel template that made the kernel, for example "winograd2/1". The same knobs mean another kernel, or one of another speed,
    /// under another version: such a record is history to learn from, never a measurement to take over.
    /// </summary>
    [JsonConverter(typeof(TemplateConverter))]
    public string Template
    {
        // The generated reader passes null for a property that the line does not have.
        get => field ?? TemplateConverter.Family(1);
        init => field = value ?? TemplateConverter.Family(1);
    }

    /// <summary>How the measurement ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Every repeat's time per run, milliseconds; empty unless it was timed.</summary>
    public required ImmutableArray<double> TimesMs { get; init; }

    /// <summary>Median of the repeats, milliseconds; null unless it was timed.</summary>
    public double? MedianMs { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public string? Message { get; init; }

    /// <summary>Time to build and JIT the kernel, milliseconds.</summary>
    public double CompileMs { get; init; }

    /// <summary>Time of the calibration kernel nearest to the measurement, milliseconds; 0 when unknown.</summary>
    public double CalibrationMs { get; init; }

    /// <summary>Wall-clock time that the trial took, compilation and checks included, milliseconds; 0 when unknown.</summary>
    public double ElapsedMs { get; init; }

    /// <summary>Threads the kernel ran on; 0 when unknown, as in logs of other programs.</summary>
    public required int Threads { get; init; }

    /// <summary>Fingerprint id of the device it ran on.</summary>
    public required string Device { get; init; }

    /// <summary>
    /// Kind of that device: <c>cpu</c>, also for records of before, which do not say it; those of other programs may name kinds that are not tuned for here.
    /// </summary>
    public string DeviceKind { get; init; } = "cpu";

    /// <summary>Name of the tuner that proposed it.</summary>
    public required string Tuner { get; init; }

    /// <summary>Seed of the tuner.</summary>
    public required long Seed { get; init; }

    /// <summary>Id of the tuning run, unique over all machines.</summary>
    public required string Session { get; init; }

    /// <summary>Position within the session, from 0.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was measured, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The line of another program's log that it was read from, as it stood there; null for what was measured here.</summary>
    public string? Origin { get; init; }

    /// <summary>The template's name.</summary>
    [JsonIgnore]
    public string TemplateName => Template[..Math.Max(0, Template.LastIndexOf('/'))];

    /// <summary>The template's version; 0 when the text names none.</summary>
    [JsonIgnore]
    public int TemplateVersion =>
        int.TryParse(Template.AsSpan(Template.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    /// <summary>True when the record carries a time that may train an evaluation function.</summary>
    [JsonIgnore]
    public bool IsTimed => MedianMs is not null;
}
