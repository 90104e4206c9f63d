namespace Attune.Records.Journals;

/// <summary>A line that was skipped when a journal was read.</summary>
/// <param name="Line">Line number, from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record JournalDamage(int Line, string Reason)
{
    /// <summary>For example "line 7: the checksum is missing or does not match".</summary>
    public override string ToString() => $"line {Line}: {Reason}";
}
