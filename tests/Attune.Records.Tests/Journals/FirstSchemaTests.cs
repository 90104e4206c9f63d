using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records.Journals;

namespace Attune.Records.Tests.Journals;

/// <summary>
/// A journal written when one number was the version of all templates and all algorithms of a task shared knobs. What its lines meant is written out by hand
/// here.
/// </summary>
public sealed class FirstSchemaTests
{
    private static readonly string Old = Path.Combine(AppContext.BaseDirectory, "Data", "first-schema.jsonl");
    private static readonly KernelTarget Target = new() { Lanes = 16 };

    [Fact]
    public void Its_records_are_those_of_templates_of_their_own()
    {
        JournalContents contents = JournalReader.Read(Old);
        contents.Damage.ShouldBeEmpty();
        contents.Records.Select(record => record.Template).ShouldBe(["direct/1", "strassen/1", "strassen2/1", "direct/1"]);
        contents.Records.Select(record => record.Schema).ShouldAllBe(schema => schema == TuningRecord.CurrentSchema);
        contents.Records.ShouldAllBe(record => KernelTemplates.IsCurrent(record.Template));
        contents.Records[0].Knobs["kw_unroll"].ShouldBe("off");
        contents.Records[1].Knobs.ShouldBe(
            new Dictionary<string, string>
            {
                ["oc"] = "63x1x1",
                ["positions"] = "29",
                ["ic_unroll"] = "2",
                ["block"] = "1",
                ["schedule"] = "fused",
                ["prefetch"] = "32",
                ["algorithm"] = "strassen",
            },
            ignoreOrder: true);
        contents.Records[2].Knobs["positions"].ShouldBe("22");
    }

    [Fact]
    public void Its_configurations_are_points_of_the_spaces_of_today()
    {
        foreach (TuningRecord record in JournalReader.Read(Old).Records)
        {
            WeightedWorkload workload = WeightedWorkload.TryParse(record.Task).ShouldNotBeNull();
            Space space = KernelTemplates.CreateSpace(workload, Target);
            Configuration point = space.Find(record.Knobs).ShouldNotBeNull($"{record.Task} {string.Join(' ', record.Knobs)}");
            space.IsValid(point.Index).ShouldBeTrue();
            KernelTemplates.VersionOf(point).ShouldBe(record.Template);
        }
    }

    [Fact]
    public void A_line_of_then_without_a_version_is_history_only()
    {
        const string Body =
            "{\"v\":1,\"task\":\"conv2d\",\"knobs\":{},\"index\":0,\"outcome\":\"ok\",\"times_ms\":[1],\"median_ms\":1,\"threads\":1,\"device\":\"d\","
            + "\"tuner\":\"t\",\"seed\":1,\"session\":\"s\",\"sequence\":0,\"time\":\"2026-01-02T03:04:05+00:00\"}";
        DecodedLine line = JournalLine.Decode(JournalLine.Seal(System.Text.Encoding.UTF8.GetBytes(Body)).AsSpan()[..^1]);
        line.Record.ShouldNotBeNull().Template.ShouldBe("direct/0");
        KernelTemplates.IsCurrent(line.Record.Template).ShouldBeFalse();
    }
}
