using System.Collections.Immutable;
using System.Globalization;
using Attune.Devices.Cpu;
using Attune.Devices.Files;

namespace Attune.Devices.Knobs;

/// <summary>
/// A knob that is a few files of the kernel. The order of writes matters: a lower limit above the upper one is refused, so raising writes the upper limit first
/// and lowering the lower one. Texts are made once and files stay open, so that turning costs a write for each file and allocates nothing.
/// </summary>
internal sealed class FileKnob : IKnob, IDisposable
{
    private const double Tolerance = 0.02;
    private readonly SystemFiles files;
    private readonly (KernelFile File, byte[][] Texts)[] steps;
    private readonly Func<long?> effective;
    private readonly ImmutableArray<string> saved;
    private int last = -1;

    /// <summary>Makes a knob.</summary>
    /// <param name="files">Where the files are.</param>
    /// <param name="description">The knob.</param>
    /// <param name="steps">Files and their text for a value, in the order for lowering; raising takes the reverse.</param>
    /// <param name="effective">Reads what the machine does.</param>
    /// <param name="saved">Files to keep, in the order in which they are to be put back.</param>
    public FileKnob(
        SystemFiles files, Knob description, IEnumerable<(string Path, Func<long, string> Text)> steps, Func<long?> effective, ImmutableArray<string> saved)
    {
        this.files = files;
        this.steps = [.. steps.Select(
            step => (new KernelFile(files, step.Path), description.Values.Select(value => KernelFile.Line(step.Text(value))).ToArray()))];
        this.effective = effective;
        this.saved = saved;
        Description = description;
    }

    /// <summary>True when raising writes the files in the reverse order.</summary>
    public bool IsDirected { get; init; }

    /// <inheritdoc/>
    public Knob Description { get; }

    /// <summary>A text that is the value itself.</summary>
    public static string Plain(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public long? Read() => effective();

    /// <inheritdoc/>
    public KnobChange? Turn(long value)
    {
        int at = Description.Values.BinarySearch(value);
        ArgumentOutOfRangeException.ThrowIfNegative(at, nameof(value));
        bool raising = IsDirected && (last >= 0 ? at > last : !(effective() > value));
        (string Path, string Refusal)? refused = Write(at, raising);
        if (refused is not null && IsDirected)
        {
            // Somebody else moved a limit in between, so that the other order is the right one.
            refused = Write(at, !raising);
        }

        last = refused is null ? at : -1;
        return refused is not { } step
            ? null
            : new KnobChange(
                Description.Id, value, effective(), files.Text(step.Path) is null ? KnobOutcome.Gone : KnobOutcome.Refused, $"{step.Path}: {step.Refusal}");
    }

    /// <inheritdoc/>
    public KnobChange ReadBack(long asked)
    {
        long? now = effective();
        bool off = now is { } done && Math.Abs(done - asked) > Tolerance * Math.Max(1, asked);
        return new KnobChange(
            Description.Id,
            asked,
            now,
            now is null ? KnobOutcome.Gone : off ? KnobOutcome.Capped : KnobOutcome.Applied,
            off ? string.Create(CultureInfo.InvariantCulture, $"{Description.Id}: asked for {asked} {Description.Unit}, the machine runs at {now}") : null);
    }

    /// <inheritdoc/>
    public ImmutableArray<RestoreStep> Snapshot() =>
        [.. saved.Select(path => (path, Text: files.Text(path))).Where(file => file.Text is not null).Select(file => new RestoreStep(file.path, file.Text!))];

    /// <inheritdoc/>
    public void Dispose()
    {
        last = -1;
        foreach ((KernelFile file, _) in steps)
        {
            file.Dispose();
        }
    }

    private (string Path, string Refusal)? Write(int at, bool reverse)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            (KernelFile file, byte[][] texts) = steps[reverse ? steps.Length - 1 - i : i];
            if (file.Write(texts[at]) is { } refusal)
            {
                return (file.Path, refusal);
            }
        }

        return null;
    }
}
