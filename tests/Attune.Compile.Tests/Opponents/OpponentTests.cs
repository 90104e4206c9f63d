using Attune.Compile.Models;
using Attune.Compile.Opponents;
using Attune.Graph.Faults;
using Attune.Runtime;
using Attune.Runtime.Tests.Files;

namespace Attune.Compile.Tests.Opponents;

public sealed class OpponentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Without_the_original_there_is_no_opponent()
    {
        using RunnableModel nameless = Tuned(null);
        (await Opponent.OnnxRuntimeAsync(nameless, null, CancellationToken.None)).Error.ShouldBeOfType<OriginalUnknown>();
        using RunnableModel moved = Tuned("gone.onnx");
        OriginalMissing missing = (await Opponent.OnnxRuntimeAsync(moved, null, CancellationToken.None)).Error.ShouldBeOfType<OriginalMissing>();
        missing.ShouldBe(new OriginalMissing(folder.File("gone.onnx"), WasNamed: false));
        (await Opponent.OnnxRuntimeAsync(moved, "other.onnx", CancellationToken.None)).Error.ShouldBe(new OriginalMissing("other.onnx", WasNamed: true));
    }

    [Fact]
    public async Task A_built_in_network_that_is_none_is_no_original()
    {
        using RunnableModel ours = Tuned(null);
        OpponentError? error = (await Opponent.OnnxRuntimeAsync(ours, "zoo:alexnett", CancellationToken.None)).Error;
        OpponentUnloadable unloadable = error.ShouldBeOfType<OpponentUnloadable>();
        unloadable.Error.ShouldBeOfType<ModelUnreadable>().Model.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.UnknownZooName);
    }

    private RunnableModel Tuned(string? source)
    {
        string path = folder.File("m.attune");
        TunedModelFile.Save(path, Samples.Model() with { Source = source });
        return RunnableModel.Load(path, new RunnableModelOptions { Threads = 1 }).Value.ShouldNotBeNull();
    }
}
