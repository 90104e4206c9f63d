namespace Attune.Records.Journals;

/// <summary>What one line of a journal turned out to be: exactly one of a record, a newer schema or a defect.</summary>
/// <param name="Record">The record, or null.</param>
/// <param name="NewerSchema">The schema of an intact line that this build cannot read, or 0.</param>
/// <param name="Defect">Why the line is unusable, or null.</param>
internal readonly record struct DecodedLine(TuningRecord? Record, int NewerSchema, string? Defect)
{
    public static DecodedLine Read(TuningRecord record) => new(record, 0, null);

    public static DecodedLine Newer(int schema) => new(null, schema, null);

    public static DecodedLine Damaged(string reason) => new(null, 0, reason);
}
