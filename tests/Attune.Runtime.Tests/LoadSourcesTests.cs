using Attune.Kernels;
using Attune.Runtime.Tests.Files;

namespace Attune.Runtime.Tests;

/// <summary>Models from files, memory and streams, at once or asynchronously, and loads that are stopped.</summary>
public sealed class LoadSourcesTests : IDisposable
{
    private static readonly ModelOptions Alone = new() { Threads = 1 };
    private readonly TemporaryFolder folder = new();
    private readonly float[] input = new NetworkSketch(4).Random(Shape.Of(1, 3, 21, 19)).Elements<float>();
    private readonly byte[] file;
    private readonly float[] expected;

    public LoadSourcesTests()
    {
        TunedModel model = Samples.Model(BranchedNetwork.Of(new NetworkSketch(2))) with { Configurations = [] };
        TunedModelFile.Save(Path, model);
        file = File.ReadAllBytes(Path);
        using CompiledModel loaded = CompiledModel.Load(Path, Alone);
        expected = ResultOf(loaded);
    }

    private string Path => folder.File("m.attune");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_model_is_the_same_wherever_it_comes_from()
    {
        Check(CompiledModel.Load(file, Alone));
        Check(await CompiledModel.LoadAsync(file, Alone));
        Check(await CompiledModel.LoadAsync(Path, Alone));
        using var seekable = new MemoryStream(file);
        Check(CompiledModel.Load(seekable, Alone));
        seekable.Position = 0;
        Check(await CompiledModel.LoadAsync(seekable, Alone));
        Check(CompiledModel.Load(new SlowStream(file), Alone));
        Check(await CompiledModel.LoadAsync(new SlowStream(file), Alone));
        TunedModelFile.Load(file).OrThrow(error => new TunedModelException(error)).Network.Constants.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_stream_is_read_from_where_it_stands_and_stays_open()
    {
        using var stream = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        Check(CompiledModel.Load(stream, Alone));
        stream.CanRead.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_wrong_is_said_of_memory_and_streams_too()
    {
        byte[] cut = file[..^700];
        TunedModelError memory = Should.Throw<TunedModelException>(() => CompiledModel.Load(cut)).Error;
        memory.Failure.ShouldBe(TunedModelFailure.Truncated);
        memory.Message.ShouldStartWith("The model in memory cannot be loaded");
        TunedModelError stream = Should.Throw<TunedModelException>(() => CompiledModel.Load(new SlowStream(cut))).Error;
        stream.Failure.ShouldBe(TunedModelFailure.Truncated);
        stream.Message.ShouldStartWith("The model in the stream cannot be loaded");
        (await Should.ThrowAsync<TunedModelException>(
            () => CompiledModel.LoadAsync(Array.Empty<byte>()))).Error.Failure.ShouldBe(TunedModelFailure.NotATunedModel);
        (await Should.ThrowAsync<TunedModelException>(() => CompiledModel.LoadAsync(folder.File("none")))).Error.Failure.ShouldBe(TunedModelFailure.NotFound);
        var broken = new SlowStream(file) { FailsAt = file.Length / 2 };
        Should.Throw<TunedModelException>(() => CompiledModel.Load(broken)).Error.Failure.ShouldBe(TunedModelFailure.FileSystem);
        (await Should.ThrowAsync<TunedModelException>(
            () => CompiledModel.LoadAsync(new SlowStream(file) { FailsAt = 100 }))).Error.Failure.ShouldBe(TunedModelFailure.FileSystem);
        TunedModelFile.Load(cut).Error.ShouldNotBeNull().Failure.ShouldBe(TunedModelFailure.Truncated);
    }

    [Fact]
    public async Task A_load_that_nobody_wants_any_more_stops()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Should.Throw<OperationCanceledException>(() => CompiledModel.Load(Path, Alone, stopped.Token));
        Should.Throw<OperationCanceledException>(() => CompiledModel.Load(file, Alone, stopped.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => CompiledModel.LoadAsync(Path, Alone, stopped.Token));

        // In the middle of the stream.
        using var later = new CancellationTokenSource();
        var stream = new SlowStream(file) { Reached = later.Cancel };
        Should.Throw<OperationCanceledException>(() => CompiledModel.Load(stream, Alone, later.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => CompiledModel.LoadAsync(new SlowStream(file), Alone, later.Token));
    }

    private void Check(CompiledModel model)
    {
        using (model)
        {
            ResultOf(model).ShouldBe(expected);
        }
    }

    private float[] ResultOf(CompiledModel model)
    {
        var output = new float[model.Outputs[0].Type.Shape.Count];
        model.Run(input, output);
        return output;
    }

    /// <summary>Gives few bytes at a time and cannot seek, as a network does.</summary>
    private sealed class SlowStream(byte[] bytes) : Stream
    {
        private const int Step = 5_000;
        private int position;

        public int FailsAt { get; init; } = int.MaxValue;

        public Action Reached { get; init; } = () => { };

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (position >= FailsAt)
            {
                throw new IOException("The line is dead.");
            }

            int given = Math.Min(Math.Min(count, Step), bytes.Length - position);
            bytes.AsSpan(position, given).CopyTo(buffer.AsSpan(offset));
            position += given;
            if (position > bytes.Length / 2)
            {
                Reached();
            }

            return given;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
