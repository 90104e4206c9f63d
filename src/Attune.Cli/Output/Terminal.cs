using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>The two streams of the process: results on one, progress and failures on the other. The only place that knows whether a person is watching.</summary>
internal sealed class Terminal
{
    private const int WidthOfPipes = 1000;

    /// <summary>Wraps two writers.</summary>
    /// <param name="output">For results.</param>
    /// <param name="error">For progress and failures.</param>
    /// <param name="interactive">True when a person watches <paramref name="error"/>: progress may rewrite its line.</param>
    /// <param name="colour">True when results may carry colour.</param>
    /// <param name="width">Columns of the result, or null for the width used in pipes.</param>
    public Terminal(TextWriter output, TextWriter error, bool interactive, bool colour, int? width)
    {
        Output = output;
        Error = error;
        Interactive = interactive;
        Report = Make(output, colour, width);
        ErrorReport = Make(error, colour && interactive, width);
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public bool Interactive { get; }

    /// <summary>Results for people.</summary>
    public IAnsiConsole Report { get; }

    /// <summary>Failures for people.</summary>
    public IAnsiConsole ErrorReport { get; }

    /// <summary>The process's own streams; NO_COLOR and --no-color are honoured.</summary>
    public static Terminal OfProcess(bool noColour)
    {
        bool plain = noColour || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb";
        int? width = Console.IsOutputRedirected ? null : WindowWidth();
        return new Terminal(Console.Out, Console.Error, !Console.IsErrorRedirected, !plain && !Console.IsOutputRedirected, width);
    }

    private static int? WindowWidth() => Console.WindowWidth > 0 ? Console.WindowWidth : null;

    private static IAnsiConsole Make(TextWriter writer, bool colour, int? width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width ?? WidthOfPipes;
        return console;
    }
}
