using System.Collections.Immutable;
using System.Text.Json;
using Attune.Records.AutoTvm;

namespace Attune.Tuning.Recorded.Formats;

/// <summary>
/// AutoTVM's tuning logs as recorded devices, one per task of the log. Only measured points are in the space; a knob has the values that were measured. A split
/// is known by its explicit factors, since the outermost one is written as -1. The log has one cost for building and running: it counts as benchmark time.
/// </summary>
internal static class AutoTvmRecording
{
    public static IReadOnlyList<RecordedTable> Read(string name, TextReader reader)
    {
        AutoTvmLog log = AutoTvmLog.Read(reader);
        if (log.Records.IsEmpty)
        {
            throw new RecordedDeviceException(
                RecordedFailure.Malformed,
                name,
                null,
                $"no line is a record of AutoTVM ({log.Faults.FirstOrDefault() ?? "the file is empty"})",
                "Check that the file is a tuning log.");
        }

        var tables = new List<RecordedTable>();
        foreach (IGrouping<string, AutoTvmRecord> task in log.Records.GroupBy(record => record.TaskKey))
        {
            ImmutableArray<string> knobs = [.. task.First().Entities.Select(entity => entity.Name)];
            if (knobs.IsEmpty)
            {
                continue;
            }

            var table = new RecordedTable($"{name}#{tables.Count}", knobs, RepeatRule.KeepFastest);
            foreach (AutoTvmRecord record in task.Where(record => record.Entities.Select(entity => entity.Name).SequenceEqual(knobs)))
            {
                table.Add(
                    new RecordedRow([.. record.Entities.Select(Label)], record.Outcome, record.TimeMs ?? 0, 0, 0, Math.Max(0, record.AllSeconds * 1000), []),
                    null);
            }

            tables.Add(table);
        }

        return tables;
    }

    private static string Label(AutoTvmEntity entity)
    {
        using var value = JsonDocument.Parse(entity.Value);
        if (entity.Kind == "ot")
        {
            return value.RootElement.ToString();
        }

        IEnumerable<string> parts = value.RootElement.EnumerateArray().Select(part => part.ToString());
        return entity.Kind == "sp" ? string.Join('x', parts.SkipWhile(part => part == "-1")) : string.Join('-', parts);
    }
}
