using System.Collections.Immutable;
using Attune.Records.Text;

namespace Attune.Records.AutoTvm;

/// <summary>
/// A log of AutoTVM: one JSON object a line (tuning.md 1.9). Reading accepts both formats line by line; a broken line is a fault with its number, never an
/// exception, so that the rest of a log survives a crash of its writer.
/// </summary>
/// <param name="Records">The lines understood, in order.</param>
/// <param name="Tally">What there was besides.</param>
public sealed record AutoTvmLog(ImmutableArray<AutoTvmRecord> Records, AutoTvmTally Tally)
{
    /// <summary>What was wrong with lines that were not understood, each with its line number; at most 100 are kept.</summary>
    public ImmutableArray<string> Faults => Tally.Faults;

    /// <summary>Number of lines that were not understood.</summary>
    public int FaultyLines => Tally.FaultyLines;

    /// <summary>Reads lines.</summary>
    /// <param name="lines">Lines without their ends.</param>
    public static AutoTvmLog Read(IEnumerable<string> lines) => Of(lines.Select(line => line.Length > AutoTvmLine.MaxLength ? null : line));

    /// <summary>Reads a text.</summary>
    /// <param name="reader">The text; stays open.</param>
    public static AutoTvmLog Read(TextReader reader) => Of(BoundedLines.Of(reader, AutoTvmLine.MaxLength));

    /// <summary>A record as a line of its own format, byte for byte as TVM writes it, without its end.</summary>
    /// <param name="record">The record.</param>
    public static string Text(AutoTvmRecord record) => AutoTvmLine.Encode(record);

    /// <summary>Writes records as lines of their own format.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="records">The records.</param>
    public static void Write(TextWriter writer, IEnumerable<AutoTvmRecord> records)
    {
        foreach (AutoTvmRecord record in records)
        {
            writer.Write(AutoTvmLine.Encode(record));
            writer.Write('\n');
        }
    }

    private static AutoTvmLog Of(IEnumerable<string?> lines)
    {
        var records = ImmutableArray.CreateBuilder<AutoTvmRecord>();
        var scan = new AutoTvmScan((record, _) => records.Add(record));
        foreach (string? line in lines)
        {
            scan.Add(line);
        }

        return new AutoTvmLog(records.ToImmutable(), scan.Finish());
    }
}
