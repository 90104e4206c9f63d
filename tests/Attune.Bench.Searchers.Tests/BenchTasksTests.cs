using Attune.Kernels.Templates;

namespace Attune.Bench.Searchers.Tests;

public sealed class BenchTasksTests
{
    [Fact]
    public void Six_tasks_are_of_six_kinds()
    {
        ConvolutionWorkload[] workloads = [.. BenchTasks.Choose(6).Select(task => ConvolutionWorkload.TryParse(task.Task.Key)!)];

        workloads.Select(
            workload => (workload.KernelHeight, workload.StrideHeight, workload.IsDepthwise, workload.OutChannels <= 64)).Distinct().Count().ShouldBe(6);
        workloads.Count(workload => workload.IsDepthwise).ShouldBe(1);
        workloads.ShouldContain(workload => workload.KernelHeight == 7 && workload.InChannels == 3);
        workloads.ShouldContain(workload => workload.KernelHeight == 3 && workload.StrideHeight == 2 && !workload.IsDepthwise);
        workloads.Count(workload => workload.KernelHeight == 1).ShouldBe(2);
    }

    [Fact]
    public void More_tasks_are_all_different_and_begin_with_the_same_ones()
    {
        string[] few = [.. BenchTasks.Choose(6).Select(task => task.Task.Key)];
        string[] many = [.. BenchTasks.Choose(14).Select(task => task.Task.Key)];

        many.Distinct().Count().ShouldBe(14);
        many[..6].ShouldBe(few);
    }

    [Fact]
    public void No_searcher_is_told_a_suggestion() => BenchTasks.Choose(6).ShouldAllBe(task => task.Task.Suggestions.IsEmpty && task.WeightBytes > 0);

    [Fact]
    public void Asking_for_more_tasks_than_there_are_is_an_error() =>
        Should.Throw<ArgumentOutOfRangeException>(() => BenchTasks.Choose(1000));
}
