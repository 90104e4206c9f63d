using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>Prints results and failures, as one JSON document or for people.</summary>
internal static class ResultPrinter
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Prints a result: its data, then warnings, files written, failure and next command.</summary>
    public static void Print(Terminal terminal, CommandResult result, bool json)
    {
        if (json)
        {
            PrintJson(terminal, result);
            return;
        }

        result.Report(terminal.Report);
        foreach (string warning in result.Warnings)
        {
            terminal.Report.MarkupLineInterpolated($"[yellow]warning[/] {Shown(warning)}");
        }

        foreach (string path in result.Written)
        {
            terminal.Report.MarkupLineInterpolated($"Wrote   {VisibleText.Of(path)}");
        }

        if (result.Failure is { } failure)
        {
            PrintForPeople(terminal, failure);
        }
        else if (result.Next is { } next)
        {
            terminal.Report.MarkupLineInterpolated($"Next    {Shown(next)}");
        }
    }

    /// <summary>Prints a failure that left nothing else to print.</summary>
    public static void Print(Terminal terminal, Failure failure, bool json)
    {
        if (json)
        {
            Write(terminal, new JsonObject { ["error"] = ToJson(failure) });
        }
        else
        {
            PrintForPeople(terminal, failure);
        }
    }

    private static void PrintJson(Terminal terminal, CommandResult result)
    {
        JsonObject document = JsonSerializer.SerializeToNode(result.Data, Json)?.AsObject() ?? [];
        if (!result.Warnings.IsEmpty)
        {
            document["warnings"] = JsonSerializer.SerializeToNode(result.Warnings.Select(PrintedCommand.Named), Json);
        }

        if (!result.Written.IsEmpty)
        {
            document["written"] = JsonSerializer.SerializeToNode(result.Written, Json);
        }

        if (result.Failure is { } failure)
        {
            document["error"] = ToJson(failure);
        }
        else if (result.Next is { } next)
        {
            document["next"] = PrintedCommand.Named(next);
        }

        Write(terminal, document);
    }

    private static JsonObject ToJson(Failure failure)
    {
        var error =
            new JsonObject { ["code"] = failure.Code, ["message"] = PrintedCommand.Named(failure.Message), ["next"] = PrintedCommand.Named(failure.Next) };
        if (failure.Where.Length > 0)
        {
            error["where"] = failure.Where;
        }

        if (!failure.Details.IsEmpty)
        {
            error["details"] = JsonSerializer.SerializeToNode(failure.Details.Select(PrintedCommand.Named), Json);
        }

        return error;
    }

    private static void PrintForPeople(Terminal terminal, Failure failure)
    {
        // Being stopped is what the user wanted; nothing went wrong.
        bool stopped = failure.Exit == ExitCode.Stopped;
        terminal.ErrorReport.MarkupLineInterpolated(
            $"[{(stopped ? "yellow" : "red")}]{(stopped ? "stopped" : "error")} {failure.Code}[/]  {Shown(failure.Message)}");
        if (failure.Where.Length > 0)
        {
            terminal.Error.WriteLine($"  Where {Shown(failure.Where)}");
        }

        foreach (string detail in failure.Details)
        {
            terminal.Error.WriteLine($"  - {Shown(detail)}");
        }

        terminal.Error.WriteLine($"  Next  {Shown(failure.Next)}");
    }

    private static string Shown(string text) => VisibleText.Of(PrintedCommand.Named(text));

    private static void Write(Terminal terminal, JsonObject document)
    {
        terminal.Output.WriteLine(document.ToJsonString(Json));
        terminal.Output.Flush();
    }
}
