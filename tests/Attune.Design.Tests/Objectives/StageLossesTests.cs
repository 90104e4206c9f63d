using Attune.Compile.Quantisation.Mixed;
using Attune.Design.Flow;
using Attune.Design.Objectives;
using Attune.Design.Spaces;
using Attune.Design.Tests.Spaces;
using Attune.Devices;

namespace Attune.Design.Tests.Objectives;

public sealed class StageLossesTests : IDisposable
{
    private const string Losses = "gene,value,loss\nstem.precision,i8,0.5\ns1.precision,i8,1.25\ns2.precision,i8,2\n";
    private readonly TemporaryFolder folder = new();
    private readonly DesignSpace space = SpaceText.Read(SpaceText.Policy);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_policy_loses_the_sum_of_what_its_parts_lose()
    {
        StageLosses losses = StageLosses.Read(new StringReader(Losses), "l.csv", space).Value!;
        losses.Of([1, 0, 0, 0, 0, 0]).ShouldBe(0);
        losses.Of([1, 0, 1, 1, 0, 0]).ShouldBe(1.75);
        losses.Of([0, 0, 1, 1, 1, 0]).ShouldBe(3.75);
        losses.InFloats([1, 0, 1, 1, 1, 1]).ShouldBe(new SpacePoint([1, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void What_was_not_measured_is_not_known()
    {
        StageLosses losses = StageLosses.Read(new StringReader(Losses), "l.csv", space).Value!;
        losses.Of([0, 0, 0, 2, 0, 0]).ShouldBe(double.NaN);
        losses.Missing(new SpacePoint([0, 0, 0, 2, 0, 0])).ShouldBe("s1.precision bf16");
        losses.Missing(new SpacePoint([0, 0, 0, 1, 0, 1])).ShouldBe("tail.precision i8");
        losses.Missing(new SpacePoint([0, 0, 1, 1, 1, 0])).ShouldBeNull();
    }

    [Theory]
    [InlineData("", "does not begin with a line of headings")]
    [InlineData("gene,loss\n", "does not begin with a line of headings")]
    [InlineData("gene,value,loss\ns1.precision,i8\n", "line 2: it needs the columns gene, value and loss")]
    [InlineData("gene,value,loss\ns1.precision,i8,much\n", "line 2: it needs the columns gene, value and loss")]
    [InlineData("gene,value,loss\ns1.precision,i8,NaN\n", "line 2: it needs the columns gene, value and loss")]
    [InlineData("gene,value,loss\ns1.bits,i8,1\n", "line 2: there is no gene of precision 's1.bits'")]
    [InlineData("gene,value,loss\ns1.precision,i4,1\n", "line 2: 'i4' is no value")]
    [InlineData("gene,value,loss\ns1.precision,f32,1\n", "line 2: 'f32' has a loss already")]
    [InlineData("gene,value,loss\ns1.precision,i8,1\ns1.precision,i8,1\n", "line 3: 'i8' has a loss already")]
    public void Bad_losses_are_told_with_their_line(string text, string message) =>
        StageLosses.Read(new StringReader(text), "l.csv", space).Error!.ShouldContain(message);

    [Fact]
    public void Losses_count_from_floats()
    {
        StageLosses.Read(new StringReader(Losses), "l.csv", SpaceText.Read(SpaceText.Tiny)).Error!.ShouldContain("has no gene of precision");
        DesignSpace bytes = StagePrecisions.AddTo(SpaceText.Read(SpaceText.Tiny), [LayerPrecision.Int8]).Value!;
        StageLosses.Read(new StringReader(Losses), "l.csv", bytes).Error!.ShouldContain("has no value f32");
    }

    [Fact]
    public async Task A_table_of_designs_in_floats_knows_their_policies()
    {
        File.WriteAllText(folder.File("a.csv"), "s2.depth,s1.bits,accuracy\n1,f32,70\n2,f32,74\n");
        var options = new DesignWorkspaceOptions { Store = folder.File("s.jsonl"), Records = folder.File("r.jsonl") };
        using DesignWorkspace workspace = DesignWorkspace.Open(space, options);
        StageLosses losses = StageLosses.Read(new StringReader(Losses), "l.csv", space).Value!;
        ValueModel model = new ValueSources(workspace, losses).Table(folder.File("a.csv")).Value!.Model;

        // Two designs, each with floats or bytes in stem, s1 and s2; nothing is known of brain floats, nor of the tail.
        model.Pool!.Value.Length.ShouldBe(2 * 8);
        model.Model.Predict([1, 0, 1, 0, 1, 0]).ShouldBe(74 - 2.5);
        model.Model.Predict([0, 0, 0, 1, 0, 0]).ShouldBe(70 - 1.25);
        model.Source.Name.ShouldBe("a.csv, less the losses of l.csv");
        Result<KnownAccuracy, string> known = await model.Source.AskAsync(new SpacePoint([1, 0, 1, 0, 1, 0]), CancellationToken.None);
        known.Value!.Value.ShouldBe(71.5);
        (await model.Source.AskAsync(new SpacePoint([1, 0, 0, 0, 0, 1]), CancellationToken.None)).Error!.ShouldContain("tail.precision i8");
        new ValueSources(workspace).Table(folder.File("a.csv")).Error!.Message.ShouldContain("no column 'stem.precision'");
    }
}
