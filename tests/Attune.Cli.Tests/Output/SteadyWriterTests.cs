using System.Text;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Output;

public sealed class SteadyWriterTests
{
    [Fact]
    public void What_a_stream_refuses_is_dropped_and_said()
    {
        var writer = new SteadyWriter(new FullDisk());
        writer.WriteLine("lost");
        writer.Write("lost too");
        writer.Flush();
        writer.Loss.ShouldBe("No space left on device");
    }

    [Fact]
    public void A_stream_that_is_not_there_loses_only_what_is_written()
    {
        var writer = new SteadyWriter(null);
        writer.Flush();
        writer.Loss.ShouldBeNull();
        writer.Write('x');
        writer.Loss.ShouldNotBeNull();
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public async Task Results_that_cannot_be_printed_are_a_failure_of_their_own()
    {
        var error = new StringWriter();
        var terminal = new Terminal(new FullDisk(), error, interactive: false, colour: false, width: 120);
        ExitCode exit = await new CommandLine(CommandList.All(), TimeProvider.System).RunAsync(["zoo", "list"], terminal, CancellationToken.None);
        exit.ShouldBe(ExitCode.Usage);
        error.ToString().ShouldContain(ErrorCodes.Unprintable);
        error.ToString().ShouldContain("No space left on device");
    }

    [Fact]
    public async Task A_graver_failure_keeps_its_exit_code()
    {
        var terminal = new Terminal(new FullDisk(), new FullDisk(), interactive: false, colour: false, width: 120);
        ExitCode exit = await new CommandLine(CommandList.All(), TimeProvider.System).RunAsync(
            ["check", "zoo:mobilenet_v", "--json"], terminal, CancellationToken.None);
        exit.ShouldBe(ExitCode.Usage);
        exit = await new CommandLine(CommandList.All(), TimeProvider.System).RunAsync(
            ["check", typeof(SteadyWriterTests).Assembly.Location, "--json"], terminal, CancellationToken.None);
        exit.ShouldBe(ExitCode.Model);
    }

    private sealed class FullDisk : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void Flush() => throw new IOException("No space left on device");
    }
}
