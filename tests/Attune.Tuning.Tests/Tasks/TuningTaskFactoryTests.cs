using System.Collections.Immutable;
using Attune.Compile;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Tuning.Run;
using Attune.Tuning.Tasks;
using Attune.Tuning.Tests.Session;

namespace Attune.Tuning.Tests.Tasks;

public sealed class TuningTaskFactoryTests
{
    private static readonly Network Fused = PassPipeline.Default.Run(SmallNetwork.Create());

    [Theory]
    [InlineData(TaskPurpose.Model, true, true)]
    [InlineData(TaskPurpose.Kernels, true, false)]
    [InlineData(TaskPurpose.Comparison, false, false)]
    public void The_purpose_alone_decides_what_a_search_is_told(TaskPurpose purpose, bool suggestions, bool classes)
    {
        ImmutableArray<TuningTask> tasks = new TuningTaskFactory(purpose, HostTarget.Widest, threads: 2).Layers(Fused);
        tasks.Length.ShouldBe(3);
        foreach (TuningTask task in tasks)
        {
            task.Space.IsValid(task.DefaultIndex).ShouldBeTrue();
            task.Suggestions.ShouldAllBe(index => task.Space.IsValid(index));
            (task.ClassOf is not null).ShouldBe(classes);
            (task.Siblings is not null).ShouldBe(classes);
            task.IsAlternative.ShouldBeFalse();
            task.Family.ShouldNotBeEmpty();
            task.Flops.ShouldBeGreaterThan(0);
        }

        // Of the three, the 3x3 convolution has other algorithms to suggest.
        tasks[0].Suggestions.IsEmpty.ShouldBe(!suggestions);
    }

    [Fact]
    public void Siblings_are_of_other_classes()
    {
        ConvolutionWorkload workload = ConvolutionWorkload.TryParse("depthwise2d/1x64x28x28/64x3x3/s1x1/p1,1,1,1/d1x1/g64/blocked-blocked/v16")!;
        TuningTask task = new TuningTaskFactory(TaskPurpose.Model, HostTarget.Widest, threads: 2).Of(workload, 1);
        string own = task.ClassOf!(task.Space[task.DefaultIndex]);
        string[] others = [.. task.Siblings!(task.Space[task.DefaultIndex]).Select(index => task.ClassOf(task.Space[index]))];
        others.ShouldNotBeEmpty();
        others.ShouldNotContain(own);
        others.ShouldBeUnique();
    }

    [Fact]
    public void Pairs_are_other_forms_of_layers_and_layers_that_repeat_weigh_more()
    {
        var factory = new TuningTaskFactory(TaskPurpose.Model, HostTarget.Widest, threads: 1);
        factory.Pairs(Fused).ShouldHaveSingleItem().IsAlternative.ShouldBeTrue();
        ModelTask layer = ModelTask.Of(Fused, HostTarget.Widest)[0];
        factory.Of(layer with { Nodes = ["a", "b", "c"] }).Weight.ShouldBe(3);
        TuningTaskFactory.WeightBytes([layer with { Nodes = ["a", "b"] }]).ShouldBe(2 * 4 * 32 * 32 * 9);
    }
}
