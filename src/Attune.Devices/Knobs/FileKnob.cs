using System.Collections.Immutable;
using System.Globalization;

namespace Attune.Devices.Knobs;

/// <summary>
/// A knob that is a few files of the kernel. The order of writes matters: a lower limit above the upper one is refused, so raising writes the upper limit first and lowering the lower one.
/// </summary>
/// <param name="files">Where the files are.</param>
/// <param name="description">The knob.</param>
/// <param name="writes">Files and texts for a value, in order, given what the machine does now.</param>
/// <param name="effective">Reads what the machine does.</param>
/// <param name="saved">Files to keep, in the order in which they are to be put back.</param>
internal sealed class FileKnob(
    SystemFiles files,
    Knob description,
    Func<long, IReadOnlyList<RestoreStep>> writes,
    Func<long?> effective,
    ImmutableArray<string> saved) : IKnob
{
    private const double Tolerance = 0.02;

    /// <inheritdoc/>
    public Knob Description => description;

    /// <inheritdoc/>
    public long? Read() => effective();

    /// <inheritdoc/>
    public KnobChange Write(long value)
    {
        foreach (RestoreStep step in writes(value))
        {
            if (files.Write(step.Target, step.Text) is { } refusal)
            {
                return new KnobChange(description.Id, value, effective(), files.Text(step.Target) is null ? KnobOutcome.Gone : KnobOutcome.Refused, $"{step.Target}: {refusal}");
            }
        }

        long? now = effective();
        bool off = now is { } done && Math.Abs(done - value) > Tolerance * Math.Max(1, value);
        return new KnobChange(
            description.Id,
            value,
            now,
            now is null ? KnobOutcome.Gone : off ? KnobOutcome.Capped : KnobOutcome.Applied,
            off ? string.Create(CultureInfo.InvariantCulture, $"{description.Id}: asked for {value} {description.Unit}, the machine runs at {now}") : null);
    }

    /// <inheritdoc/>
    public ImmutableArray<RestoreStep> Snapshot() => [.. saved.Select(path => (path, Text: files.Text(path))).Where(file => file.Text is not null).Select(file => new RestoreStep(file.path, file.Text!))];
}
