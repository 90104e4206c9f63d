using Attune.Cli.Conformance;
using Attune.Cli.Output;
using Attune.Compile.Conformance;

namespace Attune.Cli.Tests.Conformance;

public sealed class ConformancePathsTests
{
    [Fact]
    public void Unknown_kernels_are_refused_with_the_nearest_name() =>
        Should.Throw<CommandFailedException>(() => ConformancePaths.Of("compild")).Failure.Message.ShouldContain("'compiled'");

    [Fact]
    public void Both_kinds_are_the_reference_and_every_width_of_this_machine()
    {
        ConformancePaths.Of("both").Length.ShouldBe(1 + (2 * CompiledConformance.Widths.Length));
        ConformancePaths.Of("compiled").Select(path => path.Name).ShouldContain("compiled, 4 lanes");
        ConformancePaths.Of("reference").ShouldHaveSingleItem().Name.ShouldBe("reference");
    }
}
