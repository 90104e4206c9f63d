using Attune.Kernels;

namespace Attune.Runtime.Tests.Files;

public sealed class FusionSwitchFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("m.attune");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Switched_off_fusions_and_the_runner_ups_place_in_the_model_are_kept()
    {
        TunedModel sample = Samples.Model();
        TunedConfiguration first = sample.Configurations[0];
        TunedModel model = sample with
        {
            WithoutFusions = ["residual", Fusions.Concat],
            Configurations = [first with { RunnerUp = first.RunnerUp! with { AddedMs = 3.5, Task = "another" } }, .. sample.Configurations[1..]],
        };
        TunedModelFile.Save(Path, model);
        TunedModel loaded = TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error));
        loaded.WithoutFusions.ShouldBe(["residual", "concat"]);
        loaded.Configurations[0].RunnerUp!.AddedMs.ShouldBe(3.5);
        loaded.Configurations[0].RunnerUp!.Task.ShouldBe("another");
        TunedModelFile.Save(Path, sample);
        TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error)).WithoutFusions.ShouldBeEmpty();
    }

    [Fact]
    public void A_fusion_that_this_version_does_not_have_is_a_defect_of_the_file()
    {
        TunedModelFile.Save(Path, Samples.Model() with { WithoutFusions = ["magic"] });
        TunedModelError error = TunedModelFile.Load(Path).Error!;
        error.Failure.ShouldBe(TunedModelFailure.Malformed);
        error.Message.ShouldContain("'magic'");
    }
}
