using Attune.Kernels.Templates;

namespace Attune.Records;

/// <summary>
/// Records of the first schema as today's. Then one number was the version of all templates together, and all algorithms of a task shared the knobs of one.
/// Files are never rewritten: their records are understood anew whenever they are read.
/// </summary>
internal static class RecordMigration
{
    private const int FirstSchema = 1;

    /// <summary>The record in today's schema; the same object when it is already.</summary>
    public static TuningRecord Apply(TuningRecord record)
    {
        if (record.Schema > FirstSchema)
        {
            return record;
        }

        // Version 2 of the family made the kernels of version 1 of every template; what was before has no version of its own.
        int version = Math.Max(0, record.TemplateVersion - FormerKnobs.LastFamily + 1);
        bool moved = FormerKnobs.AreIn(record.Knobs);
        return record with
        {
            Schema = TuningRecord.CurrentSchema,
            Template = TemplateConverter.IsFamily(record) ? $"{FormerKnobs.AlgorithmOf(record.Task, record.Knobs)}/{version}" : record.Template,
            Knobs = moved ? FormerKnobs.Translate(record.Knobs) : record.Knobs,
            Index = -1,
        };
    }
}
