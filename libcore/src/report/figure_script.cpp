#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "report/escape.hpp"
#include "report/figure.hpp"

namespace rlrun {

namespace {

namespace fs = std::filesystem;

// Okabe and Ito's colours, which colour-blind readers tell apart, without their yellow.
constexpr std::array kColors = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                "#E69F00", "#56B4E9", "#000000"};
constexpr const char* kRandomColor = "#888888";

// Sizes in points of the picture; gnuplot wants shares of it.
constexpr double kPanelWidth = 400, kPanelHeight = 290, kKeyLine = 20;
constexpr double kLeft = 86, kRight = 28, kTop = 34, kBottom = 54;
// Of a line of text, and of a letter at most.
struct Font {
  double size, line, letter;
};
constexpr Font kTitleFont{15, 22, 9.8}, kPanelFont{12, 17, 7.8}, kFootnoteFont{10, 15, 6.4};

// "thousands" and so on, so that the axis needs no long numbers.
double unit_of(double largest) {
  return largest >= 2e6 ? 1e6 : largest >= 2e3 ? 1e3 : 1;
}

std::string axis_title(CurveAxis axis, double unit) {
  if (axis == CurveAxis::kIterations) return "iterations";
  return unit == 1 ? "environment steps"
                   : fmt::format("environment steps ({})", unit == 1e6 ? "millions" : "thousands");
}

// A round distance that leaves few enough numbers for none to touch.
double tic_distance(double length) {
  constexpr double kMostTics = 5;
  const double least = length / kMostTics, power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0})
    if (factor * power >= least) return factor * power;
  return 10 * power;
}

// Pictures of one kind: how gnuplot calls them.
std::string terminal(const std::string& ending, double width, double height) {
  if (ending == ".svg")
    return fmt::format(
        "svg noenhanced size {:.0f},{:.0f} font 'DejaVu Sans,sans-serif,12' "
        "background '#ffffff'",
        width, height);
  if (ending == ".png")
    return fmt::format(
        "pngcairo noenhanced size {:.0f},{:.0f} font 'DejaVu Sans,10' fontscale 1.8 "
        "linewidth 2 background '#ffffff'",
        2 * width, 2 * height);
  return fmt::format("pdfcairo noenhanced size {:.3f}in,{:.3f}in font 'DejaVu Sans,9'", width / 96,
                     height / 96);
}

std::string color(const Figure& figure, std::size_t column) {
  return figure.dashed[column] ? kRandomColor : kColors[column % kColors.size()];
}

std::string style(const Figure& figure, std::size_t column) {
  const std::string base = fmt::format("lc rgb '{}'", color(figure, column));
  if (figure.dashed[column]) return base + " dt (6,4)";
  // More algorithms than colours: the second round is dashed.
  const std::size_t round = column / kColors.size();
  return round == 0 ? base : base + fmt::format(" dt {}", round + 1);
}

// Several lines as one string of gnuplot.
std::string quote_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text.append(text.empty() ? "" : ".\"\\n\".").append(quote_gnuplot(line));
  return text;
}

std::size_t letters_in(double width, const Font& font) {
  return static_cast<std::size_t>(std::max(1.0, width / font.letter));
}

std::string range(double low, double high) {
  return fmt::format("[{}:{}]", std::isnan(low) ? "*" : fmt::format("{}", low),
                     std::isnan(high) ? "*" : fmt::format("{}", high));
}

std::string panel_commands(const Figure& figure, const Figure::Panel& panel,
                           const std::string& data) {
  double largest = 0, smallest = INFINITY;
  for (const Figure::Line& line : panel.lines) {
    largest = std::max(largest, line.curve.x.back());
    smallest = std::min(smallest, line.curve.x.front());
  }
  const double unit = figure.axis == CurveAxis::kSteps ? unit_of(largest) : 1;
  std::string text =
      fmt::format("set xlabel {} offset 0,0.4\n", quote_gnuplot(axis_title(figure.axis, unit)));
  if (panel.lines.empty()) {
    // A panel without curves keeps its place and says why it is empty.
    return text +
           "unset logscale\nset xtics autofreq\nset xrange [0:1]\nset yrange [0:1]\nset label 2 "
           "'no curve yet' at graph 0.5,0.5 center\nplot NaN notitle\nunset label 2\nset xrange "
           "[*:*]\n";
  }
  text += fmt::format("set yrange {}\n", range(figure.y_low, figure.y_high));
  if (figure.log_x) {
    text += "set logscale x\nset xtics autofreq\n";
  } else {
    text +=
        fmt::format("set xtics {}\n",
                    tic_distance(std::max(largest - std::min(smallest, largest / 2), 1.0) / unit));
  }
  if (figure.log_y) text += "set logscale y\n";
  const auto source = [&](const Figure::Line& line) {
    return fmt::format("{} index {} using ($1/{})", data, line.index, unit);
  };
  std::string parts;
  const auto part = [&](const std::string& what) {
    parts.append(parts.empty() ? "" : ", \\\n     ").append(what);
  };
  for (const Figure::Line& line : panel.lines) {
    if (std::isnan(line.curve.low.front())) continue;
    part(fmt::format("{}{}", source(line),
                     line.curve.x.size() < 2
                         ? fmt::format(":2:3:4 with yerrorbars pt 7 ps 0.6 {} notitle",
                                       style(figure, line.column))
                         : fmt::format(":3:4 with filledcurves lc rgb '{}' fs transparent solid "
                                       "0.18 noborder notitle",
                                       color(figure, line.column))));
  }
  for (const Figure::Line& line : panel.lines) {
    const std::string drawn =
        line.curve.x.size() < 2 ? "points pt 7 ps 0.6 " + style(figure, line.column)
        : line.partial
            ? fmt::format("lines lw 1.1 lc rgb '{}' dt (3,6)", color(figure, line.column))
            : "lines lw 1.6 " + style(figure, line.column);
    part(fmt::format("{}:2 with {} notitle", source(line), drawn));
  }
  return text + "plot " + parts + "\n";
}

// One label for each line of a text, from the top of `top` points above the foot of the picture.
std::string text_block(const std::vector<std::string>& lines, const Font& font, double top,
                       double height, int first_label, const char* more) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i)
    text +=
        fmt::format("set label {} {} at screen 0.5,{:.4f} center font ',{:g}'{}\n",
                    first_label + static_cast<int>(i), quote_gnuplot(lines[i]),
                    (top - (static_cast<double>(i) + 0.6) * font.line) / height, font.size, more);
  return text;
}

std::string key_commands(const Figure& figure, double bottom, double key, double height) {
  // The key is a plot of its own below the panels.
  std::string text = fmt::format(
      "unset title\nunset xlabel\nunset ylabel\nunset border\nunset tics\nunset grid\nunset "
      "logscale\nset lmargin at screen 0.05\nset rmargin at screen 0.95\nset tmargin at screen "
      "{:.4f}\nset bmargin at screen {:.4f}\nset key horizontal center center reverse Left samplen "
      "2.5 width 1\nset xrange [0:1]\nset yrange [0:1]\n",
      (bottom + key) / height, bottom / height);
  text += "plot NaN notitle";
  for (std::size_t i = 0; i < figure.columns.size(); ++i)
    text += fmt::format(", \\\n     keyentry with lines lw 2.5 {} title {}", style(figure, i),
                        quote_gnuplot(figure.columns[i]));
  return text + "\n";
}

}  // namespace

std::vector<std::string> wrap(const std::string& text, std::size_t letters) {
  std::vector<std::string> lines(1);
  std::size_t used = 0, blank = 0, used_at_blank = 0;  // `blank`: where the line can be broken
  for (const char c : plain(text)) {
    std::string& line = lines.back();
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!continues && used >= letters && c != ' ') {
      std::string rest = blank > 0 ? line.substr(blank + 1) : "";
      if (blank > 0) line.resize(blank);
      used -= blank > 0 ? used_at_blank + 1 : used;
      blank = 0;
      lines.push_back(std::move(rest));
    }
    if (c == ' ') {
      blank = lines.back().size();
      used_at_blank = used;
    }
    lines.back() += c;
    used += continues ? 0 : 1;
  }
  return lines;
}

std::string figure_script(const Figure& figure, const fs::path& output, const fs::path& data) {
  const std::size_t n = figure.panels.size();
  const std::size_t columns = n <= 3 ? n : n == 4 ? 2 : 3;
  const std::size_t rows = (n + columns - 1) / columns;
  // A single panel gets the room of a page, which the key needs anyway.
  const double panel_width = columns == 1 ? 1.8 * kPanelWidth : kPanelWidth;
  const double width = static_cast<double>(columns) * panel_width;

  const auto title = wrap(figure.title, letters_in(0.94 * width, kTitleFont));
  const auto footnote = wrap(figure.footnote, letters_in(0.94 * width, kFootnoteFont));
  const double head = 18 + kTitleFont.line * static_cast<double>(title.size());
  const double foot = 11 + kFootnoteFont.line * static_cast<double>(footnote.size());
  // Every row is as high as the longest of its titles asks for.
  std::vector<std::vector<std::string>> titles;
  std::vector<double> title_room(rows, 0);
  for (std::size_t i = 0; i < n; ++i) {
    titles.push_back(
        wrap(figure.panels[i].title, letters_in(panel_width - kRight - 20, kPanelFont)));
    title_room[i / columns] = std::max(title_room[i / columns],
                                       kPanelFont.line * static_cast<double>(titles[i].size() - 1));
  }
  // The key wraps where the labels (about seven points a letter) fill a line.
  double letters = 0;
  for (const std::string& column : figure.columns)
    letters += 60 + 7 * static_cast<double>(column.size());
  const double key = kKeyLine * std::ceil(letters / (0.9 * width));
  double height = head + static_cast<double>(rows) * kPanelHeight + key + foot;
  for (const double room : title_room) height += room;
  const std::string data_name = quote_gnuplot("./" + data.filename().string());

  std::string text = "# Made by rlrun plot; run it with gnuplot in this folder.\n";
  text += fmt::format("set terminal {}\n", terminal(output.extension().string(), width, height));
  text += fmt::format("set encoding utf8\nset output {}\nset multiplot\n",
                      quote_gnuplot("./" + output.filename().string()));
  text += "set border 3 lc rgb '#444444'\nset tics nomirror out textcolor rgb '#222222'\n";
  text += "set grid lc rgb '#dddddd' lw 0.7 lt 1\nset samples 2\nunset key\n";
  text +=
      "set autoscale xfix\n";  // a last step just above a round number is no reason for more room
  // Drawn with the first panel, once.
  text += text_block(title, kTitleFont, height - 8, height, 100, "");
  text += text_block(footnote, kFootnoteFont, foot - 4, height, 200, " textcolor rgb '#555555'");
  double top = height - head;
  for (std::size_t i = 0; i < n; ++i) {
    const double left = static_cast<double>(i % columns) * panel_width;
    const double room = title_room[i / columns];
    text += fmt::format(
        "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\nset tmargin at screen "
        "{:.4f}\nset bmargin at screen {:.4f}\n",
        (left + kLeft) / width, (left + panel_width - kRight) / width, (top - kTop - room) / height,
        (top - kPanelHeight - room + kBottom) / height);
    text += fmt::format("set title {} offset 0,-0.5\n", quote_lines(titles[i]));
    text += i % columns == 0
                ? fmt::format("set ylabel {} offset 0.5,0\n", quote_gnuplot(figure.y_title))
                : "unset ylabel\n";
    text += panel_commands(figure, figure.panels[i], data_name);
    if (i == 0) text += "unset label\n";
    if (i % columns == columns - 1) top -= kPanelHeight + room;
  }
  return text + key_commands(figure, foot, key, height) + "unset multiplot\nset output\n";
}

}  // namespace rlrun
