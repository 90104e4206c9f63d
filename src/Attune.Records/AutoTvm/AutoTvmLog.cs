using System.Collections.Immutable;
using System.Text.Json;

namespace Attune.Records.AutoTvm;

/// <summary>
/// A log of AutoTVM: one JSON object a line (tuning.md 1.9). Reading accepts both formats line by line; a broken line is a fault with its number, never an
/// exception, so that the rest of a log survives a crash of its writer.
/// </summary>
/// <param name="Records">The lines understood, in order.</param>
/// <param name="Faults">What was wrong with the others, each with its line number; at most 100 are kept.</param>
/// <param name="FaultyLines">Number of lines that were not understood.</param>
public sealed record AutoTvmLog(ImmutableArray<AutoTvmRecord> Records, ImmutableArray<string> Faults, int FaultyLines)
{
    private const int MaxFaults = 100;

    /// <summary>Reads lines.</summary>
    public static AutoTvmLog Read(IEnumerable<string> lines)
    {
        var records = ImmutableArray.CreateBuilder<AutoTvmRecord>();
        var faults = ImmutableArray.CreateBuilder<string>();
        int number = 0;
        int faulty = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                records.Add(AutoTvmLine.Decode(line));
            }
            catch (Exception exception) when (
                exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
            {
                faulty++;
                if (faults.Count < MaxFaults)
                {
                    faults.Add($"line {number}: {exception.Message}");
                }
            }
        }

        return new AutoTvmLog(records.ToImmutable(), faults.ToImmutable(), faulty);
    }

    /// <summary>Writes records as lines of their own format.</summary>
    public static void Write(TextWriter writer, IEnumerable<AutoTvmRecord> records)
    {
        foreach (AutoTvmRecord record in records)
        {
            writer.Write(AutoTvmLine.Encode(record));
            writer.Write('\n');
        }
    }
}
