using Attune.Devices;
using Attune.Kernels;

namespace Attune.Runtime.Tests.Sharing;

/// <summary>Several models on the threads of one team.</summary>
public sealed class SharedTeamTests
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    [Fact]
    public async Task Models_share_threads_and_leave_them_running()
    {
        using var team = new ThreadTeam(2);
        var sketch = new NetworkSketch(6);
        Network network = SharedNetwork.Build(sketch);
        float[] input = sketch.Random(network.Inputs[0].Type.Shape).Elements<float>();
        var options = new ModelOptions { Team = team };
        using var first = CompiledModel.Compile(network, NoConfigurations, options);
        using var second = CompiledModel.Compile(network, NoConfigurations, options);
        first.Options.Threads.ShouldBe(2);
        first.Team.ShouldBeSameAs(team);
        float[] expected = Run(first, input);
        await Task.WhenAll(new[] { first, second, first, second }.Select(model => Task.Run(() =>
        {
            for (int run = 0; run < 30; run++)
            {
                Close(Run(model, input), expected);
            }
        })));
        first.Dispose();
        Close(Run(second, input), expected);
        second.Dispose();

        // The team is its owner's.
        using var third = CompiledModel.Compile(network, NoConfigurations, options);
        Close(Run(third, input), expected);
    }

    [Fact]
    public void Another_number_of_threads_than_the_team_has_is_refused()
    {
        using var team = new ThreadTeam(2);
        new ModelOptions { Team = team, Threads = 2 }.Resolve().Threads.ShouldBe(2);
        Should.Throw<ArgumentOutOfRangeException>(() => new ModelOptions { Team = team, Threads = 1 }.Resolve()).Message.ShouldContain("2 members");
    }

    private static float[] Run(CompiledModel model, float[] input)
    {
        var output = new float[model.Outputs[0].Type.Shape.Count];
        model.Run(input, output);
        return output;
    }

    // How many threads share a step changes results by roundings at most.
    private static void Close(float[] actual, float[] expected) =>
        actual.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= 1e-5f * Math.Max(1, Math.Abs(pair.Second)));
}
