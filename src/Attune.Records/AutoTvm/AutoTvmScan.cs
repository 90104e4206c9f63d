using System.Collections.Immutable;
using System.Text.Json;

namespace Attune.Records.AutoTvm;

/// <summary>Goes through the lines of a log of AutoTVM and tells records, comments and broken lines apart.</summary>
/// <param name="visit">Told of each record, with the number of its line from 1.</param>
internal sealed class AutoTvmScan(Action<AutoTvmRecord, int> visit)
{
    private const int MaxFaults = 100;
    private readonly ImmutableArray<string>.Builder faults = ImmutableArray.CreateBuilder<string>();
    private int number;
    private int records;
    private int comments;
    private int faulty;

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; null for one that is too long to be looked at.</param>
    public void Add(string? line)
    {
        number++;
        if (line is null)
        {
            Report(number, $"it is longer than {AutoTvmLine.MaxLength} characters");
            return;
        }

        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        // TVM leaves out lines that begin with this mark when it reads a log.
        if (line.StartsWith('#'))
        {
            comments++;
            return;
        }

        AutoTvmRecord record;
        try
        {
            record = AutoTvmLine.Decode(line);
        }
        catch (Exception exception) when (
            exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            Report(number, exception is JsonException ? "it is no JSON of a record, or was cut off" : exception.Message);
            return;
        }

        records++;
        visit(record, number);
    }

    /// <summary>Says that the rest of a log cannot be read.</summary>
    /// <param name="why">Why not.</param>
    public void AddUnreadable(string why) => Report(number + 1, why);

    /// <summary>What there was.</summary>
    public AutoTvmTally Finish() => new(records, comments, faulty, faults.ToImmutable());

    private void Report(int line, string why)
    {
        faulty++;
        if (faults.Count < MaxFaults)
        {
            faults.Add($"line {line}: {why.TrimEnd('.')}");
        }
    }
}
