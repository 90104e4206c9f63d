using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Passes;

public sealed class FusionTableTests
{
    // These make the network tunable or smaller in every case; switching them off would measure something else than a fusion.
    private static readonly string[] AlwaysOn = ["constant folding", "weighted fusion"];

    [Fact]
    public void Every_fusing_pass_is_in_the_table_and_every_pass_of_the_table_exists()
    {
        string[] passes = [.. PassPipeline.Default.Passes.Select(pass => pass.Name).Distinct()];
        string[] fusing = [.. passes.Where(
            name =>
                name.EndsWith("fusion", StringComparison.Ordinal)
                    || name.EndsWith("folding", StringComparison.Ordinal)
                    || name.EndsWith("merging", StringComparison.Ordinal)
                    || name.EndsWith("splitting", StringComparison.Ordinal)).Except(AlwaysOn)];
        string[] table = [.. Fusions.All.Select(fusion => fusion.Pass).OfType<string>()];
        table.ShouldBe(fusing, ignoreOrder: true);
        Fusions.All.Select(fusion => fusion.Name).ShouldBeUnique();
    }

    [Fact]
    public void A_switched_off_fusion_does_not_happen_and_the_others_do()
    {
        Network network = ModelZoo.Create("resnet18");
        Network all = PassPipeline.Default.Run(network);
        Network without = PassPipeline.Default.Without(["residual"]).Run(network);
        all.Nodes.ShouldNotContain(node => node.Operator == "Add");
        without.Nodes.Count(node => node.Operator == "Add").ShouldBe(8);
        PassPipeline.Default.Without([]).Passes.Length.ShouldBe(PassPipeline.Default.Passes.Length);
        PassPipeline.Default.Without([Fusions.Concat]).Passes.Length.ShouldBe(PassPipeline.Default.Passes.Length);
    }

    [Fact]
    public void Unknown_names_are_refused() =>
        Should.Throw<ArgumentException>(() => PassPipeline.Default.Without(["magic"])).Message.ShouldContain("'magic'");
}
