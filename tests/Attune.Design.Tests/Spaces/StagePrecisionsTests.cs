using Attune.Compile.Quantisation.Mixed;
using Attune.Design.Spaces;

namespace Attune.Design.Tests.Spaces;

public sealed class StagePrecisionsTests
{
    private const string Template = """ "build": { "template": "mobilenet", "stem": 8, "classes": 3, "stages": [ { "channels": 8 }, { "channels": 8 } ] } }""";

    [Fact]
    public void Every_part_of_a_template_gets_a_gene_of_its_own()
    {
        DesignSpace plain = SpaceText.Read(SpaceText.Tiny);
        DesignSpace space = StagePrecisions.AddTo(plain, [LayerPrecision.Float32, LayerPrecision.Int8]).Value!;
        space.Genes.Skip(plain.Genes.Length).Select(gene => gene.Id).ShouldBe(["stem.precision", "s1.precision", "s2.precision", "tail.precision"]);
        space.Genes.Skip(plain.Genes.Length).ShouldAllBe(gene => gene.Values.SequenceEqual(new[] { "f32", "i8" }));
        space.Points.ShouldBe(16 * plain.Points);
        int[] floats = new int[space.Genes.Length];
        string[] ids = [.. Enumerable.Range(plain.Genes.Length, 4).Select(gene => space.IdOf(new SpacePoint([.. floats.Select((_, i) => i == gene ? 1 : 0)])))];
        ids.Append(space.IdOf(new SpacePoint([.. floats]))).Append(plain.IdOf(new SpacePoint([.. floats[..plain.Genes.Length]]))).ShouldBeUnique();
    }

    [Fact]
    public void Formats_of_weights_mean_nothing_where_no_layer_multiplies_floats()
    {
        DesignSpace own = SpaceText.Read(
            """{ "family": "own", "genes": [ { "id": "s1.bits", "values": ["f32", "i8"] },"""
            + """{ "id": "s1.precision", "values": ["f32", "i8", "bf16"] } ],""" + Template);
        own.Enumerate()!.Value.Length.ShouldBe(4);
        own.Canonical(new SpacePoint([1, 1])).ShouldBe(new SpacePoint([0, 1]));
        own.Canonical(new SpacePoint([1, 0])).ShouldBe(new SpacePoint([1, 0]));

        // One gene for the weights of both stages means something as long as one of them is of floats.
        DesignSpace both = StagePrecisions.AddTo(
            SpaceText.Read("""{ "family": "both", "genes": [ { "id": "bits", "values": ["f32", "i8"] } ],""" + Template),
            [LayerPrecision.Float32, LayerPrecision.Int8]).Value!;
        both.Canonical(new SpacePoint([1, 0, 1, 0, 0])).ShouldBe(new SpacePoint([1, 0, 1, 0, 0]));
        both.Canonical(new SpacePoint([1, 0, 1, 1, 0])).ShouldBe(new SpacePoint([0, 0, 1, 1, 0]));
    }

    [Fact]
    public void The_most_special_gene_decides()
    {
        DesignSpace space = SpaceText.Read(
            """{ "family": "g", "genes": [ { "id": "precision", "values": ["f32", "i8"] },"""
            + """{ "id": "s2.precision", "values": ["f32", "bf16"] } ],""" + Template);
        TemplateDesign design = ((TemplateBuild)space.Build).Template.Of(space, new SpacePoint([1, 1]), 1);
        design.PrecisionOf("stem").ShouldBe(LayerPrecision.Int8);
        design.PrecisionOf("s1.b1.project").ShouldBe(LayerPrecision.Int8);
        design.PrecisionOf("s2.b1.project").ShouldBe(LayerPrecision.BFloat16);
        design.PrecisionOf("classifier").ShouldBe(LayerPrecision.Int8);
    }

    [Fact]
    public void Spaces_that_have_such_genes_or_no_template_are_refused()
    {
        DesignSpace once = StagePrecisions.AddTo(SpaceText.Read(SpaceText.Tiny), [LayerPrecision.Int8]).Value!;
        StagePrecisions.AddTo(once, [LayerPrecision.Int8]).Error!.ShouldContain("has a gene 'stem.precision' already");
        DesignSpace none = SpaceText.Read("""{ "family": "none", "genes": [ { "id": "a", "values": [1, 2] } ] }""");
        StagePrecisions.AddTo(none, [LayerPrecision.Int8]).Error!.ShouldContain("not made by the template 'mobilenet'");
        Should.Throw<ArgumentException>(() => StagePrecisions.AddTo(none, [LayerPrecision.Int8, LayerPrecision.Int8]));
    }

    [Theory]
    [InlineData("s1.precision", "int8", "'int8' is not one of f32, i8, bf16")]
    [InlineData("stem.width", "1", "does not know this gene")]
    [InlineData("s1.b1.precision", "i8", "does not know this gene")]
    [InlineData("s3.precision", "i8", "there is no stage s3")]
    public void Genes_that_no_layer_follows_are_told(string gene, string value, string message) =>
        SpaceText.Faults($$"""{ "family": "g", "genes": [ { "id": "{{gene}}", "values": ["{{value}}"] } ],""" + Template)
            .ShouldHaveSingleItem().ShouldContain(message);
}
